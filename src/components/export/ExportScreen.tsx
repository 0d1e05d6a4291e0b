/** Export: the files, where each opens, the code to paste, and the card that goes with the model. */
import { Skeleton, Stack } from '@mantine/core';
import { IconPackageExport } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { abortArea, useActivity } from '../../state/activity';
import { downloadExport, previewExport } from '../../state/commands/runs';
import { type ExportPreview, type OpenedRun, useRuns } from '../../state/runs';
import { Busy } from '../common/Busy';
import { AreaError } from '../common/ErrorCard';
import { bytes, count, percent } from '../common/format';
import { NoRun } from '../common/NoRun';
import type { NoteSpec } from '../common/Note';
import { OtherData } from '../common/OtherData';
import { type PrimaryAction, ScreenFrame } from '../common/ScreenFrame';
import { changeClause } from '../compare/sentences';
import { Card } from './Card';
import { Done } from './Done';
import { FileList } from './FileList';
import { SaveRun } from './SaveRun';
import { Snippets } from './Snippets';

const QUESTION = 'Where should it go?';
const BACK = { to: '/compare' };

const NOTES: readonly NoteSpec[] = [
  {
    id: 'export-safetensors',
    title: 'Safe to pass on',
    body: 'The weights are safetensors: numbers only, no code. Whoever opens the file runs nothing of yours, and nothing of your rows is in it except in predictions.csv.',
  },
  {
    id: 'export-card',
    title: 'Why a card?',
    body: 'In half a year nobody remembers which rows it learned from or how good it was. The card says so, with intervals and limits, and travels with the files.',
  },
];

export function ExportScreen() {
  const opened = useRuns((runs) => runs.opened);
  if (opened) return <Exported opened={opened} />;
  return (
    <ScreenFrame question={QUESTION} back={BACK}>
      <NoRun
        icon={<IconPackageExport size={32} stroke={1.5} />}
        sentence="Nothing to export yet: the model has to be tuned first."
      />
    </ScreenFrame>
  );
}

function Exported({ opened: { report } }: { opened: OpenedRun }) {
  const preview = useRuns((runs) => runs.preview);
  const busy = useActivity('export').status === 'busy';
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!preview) void previewExport(report.id);
  }, [preview, report.id]);

  const start = async (): Promise<void> => {
    setDone(false);
    setDone(await downloadExport(report.id));
  };
  const primary: PrimaryAction = {
    label: done ? 'Download again' : 'Download',
    busy,
    onClick: () => void start(),
    disabledReason: preview ? null : 'The list of files is being made.',
    ...(preview ? { cost: bytes(totalOf(preview)) } : {}),
  };
  return (
    <ScreenFrame
      question={QUESTION}
      lead={`${report.name}: right on ${percent(report.after.accuracy)} of ${count(report.after.n)} test rows, ${changeClause(report)}`}
      back={BACK}
      notes={NOTES}
      primary={primary}
    >
      <OtherData data={report.config.data} />
      <Busy area="export" onCancel={() => abortArea('export')} />
      <AreaError area="export" onRetry={() => void start()} />
      {done && preview && <Done name={preview.name} size={totalOf(preview)} />}
      <AreaError area="export-preview" onRetry={() => void previewExport(report.id)} />
      {preview ? <Preview preview={preview} runId={report.id} /> : <PreviewSkeleton />}
    </ScreenFrame>
  );
}

function totalOf({ files }: ExportPreview): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

function Preview({ preview, runId }: { preview: ExportPreview; runId: string }) {
  return (
    <>
      <FileList name={preview.name} files={preview.files} />
      <Snippets snippets={preview.snippets} />
      <SaveRun runId={runId} />
      <Card text={preview.card} />
    </>
  );
}

function PreviewSkeleton() {
  const failed = useActivity('export-preview').status === 'failed';
  if (failed) return null;
  return (
    <Stack role="status" aria-label="Preparing the list of files">
      <Skeleton height={220} />
      <Skeleton height={180} />
      <Skeleton height={320} />
    </Stack>
  );
}
