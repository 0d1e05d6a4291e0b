/** A stored study taken along as a file of each kind. */
import { beforeAll, expect, test, vi } from 'vitest';
import { memoryStorage } from '../../engine/core/storage';
import type { StudyRows } from '../../engine/core/study';
import { saveRows, saveStudyHead, saveStudyReport } from '../../engine/study/artifacts';
import { armReport, STUDY_CONFIG, studyReport } from '../../engine/testing/testStudy';
import type { Params } from '../protocol';
import { studyHandlers } from './studies';

const storage = memoryStorage();
vi.mock('../engineState', () => ({ engineState: async () => ({ storage }) }));

const REPORT = studyReport([armReport('zero-shot', 0.5), armReport('head', 0.6)], { name: 'Größe & <Maß>' });
const ROWS: StudyRows = {
  classes: ['a', 'b'],
  rows: [
    {
      ...{ line: 2, text: '<img src=x>', expected: 0 },
      answers: { 'zero-shot': { predicted: 0, confidence: null }, head: { predicted: 1, confidence: 0.75 } },
    },
  ],
};

async function exported(kind: Params<'study.export'>['kind'], id = 'study-1') {
  const { name, bytes } = await studyHandlers['study.export']({ id, kind });
  return { name, text: new TextDecoder().decode(bytes) };
}

beforeAll(async () => {
  const { id, name } = REPORT;
  await saveStudyHead(storage, {
    ...{ version: 1, id, name, createdAt: REPORT.created_at, config: STUDY_CONFIG, guessed: {}, dropped: [] },
  });
  await saveStudyReport(storage, REPORT);
  await saveRows(storage, id, ROWS);
});

test('a page, a table and everything, named after the study', async () => {
  const page = await exported('html');
  expect(page.name).toBe('gro-e-ma.html');
  expect(page.text).toContain('&lt;img src=x&gt;');
  expect(page.text).not.toContain('<img');
  expect((await exported('csv')).text).toBe(
    'row,input,expected,zero-shot,p:zero-shot,head,p:head\r\n2,<img src=x>,a,a,,b,0.75',
  );
  expect(JSON.parse((await exported('json')).text)).toEqual({ report: REPORT, rows: ROWS });
});

test('a study that is not there is told as such', async () => {
  await expect(exported('html', 'study-2')).rejects.toMatchObject({ code: 'study-missing' });
});
