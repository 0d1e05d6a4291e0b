/** Prompt or tune? Several ways on one sample, stated anew, gone on with after a reload, listed among the runs. */
import { checkLooks, DESKTOP } from '../looks';
import { csv } from '../rows';
import { expect, test } from '../test';

const QUESTION = 'Is a prompt enough, or should it be tuned?';
const ZERO = 'Prompt: label descriptions';
const FEW = 'Prompt: a few examples';
const QUICK = ['Always the most common label', ZERO, FEW, 'Head only'];
const LORA = 'Adapter (LoRA)';

test('ended with what is done, it advises on that, and the rest can be asked later', async ({
  studio,
  page,
}) => {
  await page.setViewportSize(DESKTOP);
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await expect(studio.data.facts).toContainText('rows kept');
  await page.getByRole('link', { name: 'Is a prompt enough?' }).click();
  await studio.study.choose([QUICK[0] as string, ZERO, LORA, 'Head only']);
  await page.getByRole('button', { name: `Settings of ${LORA}` }).click();
  await studio.method.set('Passes over the data', 60);
  await studio.study.start();
  const learning = studio.study.queue.getByRole('listitem').filter({ hasText: LORA });
  await expect(learning).toContainText('step', { timeout: 120_000 });
  await page.getByRole('button', { name: 'End with what is done' }).click();
  await studio.study.expectFinished();
  await expect(studio.study.row(ZERO)).toContainText(/\d+\.\d %/);
  for (const way of [LORA, 'Head only']) {
    await expect(studio.study.row(way)).toContainText('Skipped.');
    await expect(studio.study.row(way).getByRole('button', { name: 'Run it now' })).toBeEnabled();
  }
  await expect(page.getByRole('list', { name: 'Advice' })).not.toContainText('have run');
  // A study that was ended is whole: nothing waits to be gone on with.
  await page.reload();
  await expect(studio.study.row(ZERO)).toContainText(/\d+\.\d %/);
  await expect(studio.study.interrupted).toBeHidden();
});

test('four ways, stated anew; a fifth is added, interrupted by a reload and gone on with', async ({
  studio,
  page,
}) => {
  await page.setViewportSize(DESKTOP);
  await studio.open();
  await studio.go('Prompt or tune?');
  await studio.expectQuestion(QUESTION);
  await expect(page.getByRole('button', { name: 'Start with some data' })).toBeVisible();
  await studio.go('Data');
  await studio.data.openFile('tickets.csv', csv());
  await expect(studio.data.facts).toContainText('rows kept');
  await studio.go('Prompt or tune?');
  await studio.study.choose([]);
  await expect(page.getByText('Choose at least two ways.')).toBeVisible();
  await studio.study.choose(QUICK);
  await checkLooks(page, 'Prompt or tune, choosing');
  await studio.study.start();
  await studio.study.expectFinished();
  for (const way of QUICK) await expect(studio.study.row(way)).toContainText(/\d+\.\d %/);
  await expect(studio.study.row(FEW)).toContainText('the others are compared with it');
  await checkLooks(page, 'Prompt or tune, results');

  await studio.study.compareWith(ZERO);
  await expect(studio.study.row(ZERO)).toContainText('the others are compared with it');
  await expect(studio.study.row(FEW)).toContainText('points');
  await page.getByRole('textbox', { name: 'Price of a million tokens' }).fill('1000');
  const cost = studio.study.row(ZERO).getByRole('cell').last();
  const [tokens, price] = [studio.study.row(ZERO).getByRole('cell').nth(-2), cost];
  await expect
    .poll(async () => Number(await price.textContent()))
    .toBeCloseTo(Number(await tokens.textContent()), 0);

  const scores = await studio.study.row('Head only').getByRole('cell').first().textContent();
  await studio.study.addOrChange();
  await studio.study.box(LORA).setChecked(true);
  await page.getByRole('button', { name: `Settings of ${LORA}` }).click();
  await studio.method.set('Passes over the data', 60);
  await expect(page.getByRole('button', { name: 'Ask 1 more way' })).toBeVisible();
  await studio.study.start();
  await expect(studio.study.queue.getByRole('listitem').filter({ hasText: LORA })).toContainText('step', {
    timeout: 120_000,
  });
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  await checkLooks(page, 'Prompt or tune, under way');

  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await expect(studio.study.interrupted).toContainText('4 of 5 ways done');
  // What would throw all of it away asks first.
  await studio.study.interrupted.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await expect(studio.study.row('Head only').getByRole('cell').first()).toHaveText(scores ?? '');
  await studio.study.interrupted.getByRole('button', { name: 'Go on' }).click();
  await expect(studio.study.queue.getByRole('listitem').filter({ hasText: 'Head only' })).toContainText(
    '% right',
  );
  await studio.study.expectFinished();
  await expect(studio.study.row('Head only').getByRole('cell').first()).toHaveText(scores ?? '');
  await expect(studio.study.row(LORA)).toContainText(/\d+\.\d %/);

  await studio.study.more(LORA);
  await page.getByRole('link', { name: 'Open the run in Compare' }).click();
  await studio.expectQuestion('Did tuning help?');
  await studio.go('Runs');
  await studio.runs.renameStudy('Tickets, all ways');
  await page.getByRole('link', { name: 'Tickets, all ways' }).click();
  await studio.expectQuestion(QUESTION);
  await studio.go('Runs');
  await studio.runs.overlayAll();
  await expect(page.getByRole('table', { name: 'What differs between the runs' })).toContainText('Method');
  await checkLooks(page, 'Runs, over each other');
});
