/**
 * Markdown from a file as React elements: no raw HTML, no images (nothing is fetched), links open beside the page.
 * Its headings start at the third level, since it stands inside a section.
 */
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './markdown.module.css';
import { withoutFrontMatter } from './markdownText';

const COMPONENTS: Components = {
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable by keyboard
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
    <section className={classes.table} tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
};

export function Markdown({ text }: { text: string }) {
  return (
    <div className={classes.markdown}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS} disallowedElements={['img']}>
        {withoutFrontMatter(text)}
      </ReactMarkdown>
    </div>
  );
}
