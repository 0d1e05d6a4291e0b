/** Code to paste for each use, one at a time, with a copy button. */
import { Button, Tabs } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ExportPreview } from '../../state/runs';
import { Section } from '../common/Section';
import classes from './export.module.css';

type Snippet = ExportPreview['snippets'][number];

export function Snippets({ snippets }: { snippets: readonly Snippet[] }) {
  const [first, ...others] = snippets;
  if (!first) return null;
  return (
    <Section title="Code to paste" lead="Run it beside the unpacked folder.">
      {others.length === 0 ? (
        <Code snippet={first} />
      ) : (
        <Tabs defaultValue="0" keepMounted={false}>
          <Tabs.List aria-label="What the code is for">
            {snippets.map(({ title }, index) => (
              <Tabs.Tab key={title} value={String(index)}>
                {title}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {snippets.map((snippet, index) => (
            <Tabs.Panel key={snippet.title} value={String(index)} pt="sm">
              <Code snippet={snippet} />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </Section>
  );
}

function Code({ snippet: { title, language, code } }: { snippet: Snippet }) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <div className={classes.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable by keyboard */}
      <section className={classes.code} tabIndex={0} aria-label={`${title} (${language})`}>
        <pre>{code.trimEnd()}</pre>
      </section>
      <Button
        className={classes.copy}
        variant="default"
        size="xs"
        leftSection={
          clipboard.copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
        }
        aria-label={clipboard.copied ? 'Copied' : `Copy the code: ${title}`}
        onClick={() => clipboard.copy(code)}
      >
        {clipboard.copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
