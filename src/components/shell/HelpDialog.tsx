/** Help: what Hone does in six steps, the words it uses, and the notes again. */
import { Accordion, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { reopenNotes, usePreferences } from '../../state/preferences';
import { GLOSSARY } from '../common/glossary';
import classes from './shell.module.css';

const entries = Object.values(GLOSSARY).sort((a, b) => a.term.localeCompare(b.term));

export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const closed = usePreferences(
    (preferences) => preferences.closedNotes.length > 0 || preferences.notesFolded,
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="How Hone works"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close help' }}
    >
      <Stack>
        <Text>
          Bring rows that pair a text with its class. Hone takes a model that already reads English, lets it
          learn from your rows in this browser, and shows on rows it never saw whether that made it better.
          Then you take the model with you as files that other tools open.
        </Text>
        <Text>
          Everything on a screen works by keyboard: Tab moves, Enter acts, Escape closes. Dotted words explain
          themselves when pointed at or focused. Under “Prompt or tune?”, P shows the results large, for a
          room; Escape ends it.
        </Text>
        {closed && (
          <Group>
            <Button variant="default" size="sm" onClick={reopenNotes}>
              Show closed notes again
            </Button>
          </Group>
        )}
        <Accordion variant="separated">
          <Accordion.Item value="words">
            <Accordion.Control>Words, and where they come from</Accordion.Control>
            <Accordion.Panel>
              <dl className={classes.words}>
                {entries.map(({ term, definition, source }) => (
                  <div key={term}>
                    <dt>{term}</dt>
                    <dd>
                      {definition} <small>{source}</small>
                    </dd>
                  </div>
                ))}
              </dl>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </Stack>
    </Modal>
  );
}
