/** Which data a workshop's link names: the sample now open, or a file that anyone can fetch. */
import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type Workshop, workshopSchema } from '../../engine/core/workshop';
import { abortArea } from '../../state/activity';
import { lookAtFile } from '../../state/commands/workshop';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { plural } from '../common/format';

interface SourceChoiceProps {
  /** Id of the sample now open; null for other data. */
  sample: string | null;
  /** Of the data now open. */
  name: string;
  /** Null while what is typed is no address. */
  onChange: (source: Workshop['source'] | null) => void;
}

export function SourceChoice({ sample, name, onChange }: SourceChoiceProps) {
  const [kind, setKind] = useState<Workshop['source']['kind']>(sample === null ? 'url' : 'sample');
  const [url, setUrl] = useState('');
  const source = addressSource(url);
  return (
    <Stack gap="xs">
      <Radio.Group
        label="Data"
        value={kind}
        onChange={(value) => {
          const next = value === 'sample' ? 'sample' : 'url';
          setKind(next);
          onChange(next === 'sample' && sample !== null ? { kind: 'sample', id: sample } : source);
        }}
      >
        <Stack gap={6} mt={6}>
          <Radio
            value="sample"
            disabled={sample === null}
            label={`The sample now open${sample === null ? ' (none is)' : `, ${name}`}`}
          />
          <Radio value="url" label="A file on the web" />
        </Stack>
      </Radio.Group>
      {kind === 'url' && (
        <>
          <TextInput
            label="Address of the file"
            description={`With the columns of ${name}, on a server that lets web pages read it (CORS)`}
            placeholder="https://"
            inputMode="url"
            value={url}
            error={url !== '' && !source ? 'Give a whole address, from https:// on.' : undefined}
            onChange={(event) => {
              const text = event.currentTarget.value.trim();
              setUrl(text);
              onChange(addressSource(text));
            }}
          />
          {source && <Pin key={url} url={url} onPin={(hash) => onChange({ ...source, hash })} />}
        </>
      )}
    </Stack>
  );
}

function Pin({ url, onPin }: { url: string; onPin: (hash: string) => void }) {
  const [rows, setRows] = useState<number | null>(null);
  const look = async (): Promise<void> => {
    const found = await lookAtFile(url);
    if (!found) return;
    setRows(found.rows);
    onPin(found.hash);
  };
  return (
    <>
      <Busy area="workshop-file" onCancel={() => abortArea('workshop-file')} />
      <AreaError area="workshop-file" onRetry={() => void look()} />
      <Group gap="sm">
        <Button size="xs" variant="default" disabled={rows !== null} onClick={() => void look()}>
          Fetch it once and fix what it must be
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {rows === null
            ? `${new URL(url).host} will be asked for it now. Not needed, but everybody then has the same rows.`
            : `${plural(rows, 'row')}; another file will be refused.`}
        </Text>
      </Group>
    </>
  );
}

/** Null when the text is no http(s) address. */
function addressSource(url: string): Extract<Workshop['source'], { kind: 'url' }> | null {
  const parsed = workshopSchema.shape.source.safeParse({ kind: 'url', url });
  return parsed.success && parsed.data.kind === 'url' ? parsed.data : null;
}
