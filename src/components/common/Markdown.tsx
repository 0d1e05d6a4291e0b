/** Markdown from a model card as React elements. Raw HTML stays text, and only web addresses become links. */
import { Anchor, Table, Title } from '@mantine/core';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './markdown.module.css';
import { withoutFrontMatter } from './markdownText';

/** One level down: the page already has its h1, the dialog its h2. */
const COMPONENTS: Components = {
  h1: ({ children }) => (
    <Title order={3} size="h3">
      {children}
    </Title>
  ),
  h2: ({ children }) => (
    <Title order={4} size="h4">
      {children}
    </Title>
  ),
  h3: ({ children }) => (
    <Title order={5} size="h4">
      {children}
    </Title>
  ),
  a: ({ href, children }) => (
    <Anchor href={href ?? ''} target="_blank" rel="noreferrer" inherit underline="always">
      {children}
    </Anchor>
  ),
  table: ({ children }) => (
    // A wide table scrolls by itself; the keyboard can reach it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be focusable to be scrolled by keys
    <figure className={classes.table} tabIndex={0} aria-label="Table">
      <Table withRowBorders verticalSpacing={6}>
        {children}
      </Table>
    </figure>
  ),
  // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  // Nothing is fetched from elsewhere: an image is told by its text.
  img: ({ alt }) => <em>{alt}</em>,
};

export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      <ReactMarkdown skipHtml remarkPlugins={[remarkGfm]} components={COMPONENTS}>
        {withoutFrontMatter(text)}
      </ReactMarkdown>
    </div>
  );
}
