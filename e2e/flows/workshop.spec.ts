/** A link made here and opened elsewhere: told, asked, run by the room, shown large, taken home as a report. */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from '@playwright/test';
import { startFileServer } from '../fileServer';
import { checkLooks, DESKTOP } from '../looks';
import { Studio } from '../pages/studio';
import { csv, ROWS } from '../rows';
import { expect, test } from '../test';

const QUESTION = 'Is a prompt enough, or should it be tuned?';
const QUICK = [
  'Always the most common label',
  'Prompt: label descriptions',
  'Prompt: a few examples',
  'Head only',
];

/** Clicks a button that hands out a file; where it lies, with its name's ending. */
async function download(page: Page, button: string, ending: string): Promise<string> {
  const begun = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await begun;
  const path = test.info().outputPath(`study.${ending}`);
  expect(file.suggestedFilename()).toMatch(new RegExp(`^[a-z0-9-]+[.]${ending}$`));
  await file.saveAs(path);
  return path;
}

/** The report by itself: it asks for nothing, runs nothing, complains of nothing, and prints. */
async function checkReport(browser: Browser, path: string, words: readonly string[]): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  const url = pathToFileURL(path).href;
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', (request) => request.url() !== url && asked.push(request.url()));
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => said.push('a dialog')));
  await page.goto(url);
  await expect(page.getByRole('table').first()).toBeVisible();
  for (const text of words) await expect(page.getByText(text).first()).toBeVisible();
  const active = await page.locator('script, img, iframe, object, embed, link, [onerror], [onload]').count();
  expect(active).toBe(0);
  expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  expect(asked).toEqual([]);
  expect(said).toEqual([]);
  await page.context().close();
}

test('a link to a sample: opened elsewhere, run, shown to the room, taken home', async ({
  studio,
  page,
  browser,
}) => {
  await page.setViewportSize(DESKTOP);
  await studio.open();
  await studio.data.openSample('Support messages');
  await expect(studio.data.facts).toContainText('rows kept');
  await studio.go('Prompt or tune?');
  await studio.study.choose(QUICK);
  await studio.workshop.openDialog('Monday’s room');
  await checkLooks(page, 'Making a workshop link');
  const link = await studio.workshop.link();
  expect(new URL(link).hash.length).toBeLessThan(2000);

  const room = new Studio(await (await browser.newContext({ reducedMotion: 'reduce' })).newPage());
  await room.page.setViewportSize(DESKTOP);
  const addresses: string[] = [];
  room.page.on('request', (request) => addresses.push(request.url()));
  await room.page.goto(link);
  await room.expectQuestion('Open this workshop?');
  await room.workshop.expectOffer([
    'Support messages',
    'Prompt: a few examples',
    'Nothing from anywhere else',
  ]);
  await checkLooks(room.page, 'A workshop, offered');
  await room.workshop.accept('Open');
  await room.expectQuestion(QUESTION);
  expect(addresses.filter((address) => address.includes('workshop='))).toEqual([]);
  await expect(room.workshop.bar).toContainText('Monday’s room');
  await expect(room.page.getByRole('navigation', { name: 'Journey' })).toBeHidden();
  await expect(room.study.box('Head only')).toBeHidden();
  await expect(room.page.getByRole('button', { name: 'Change the words' })).toBeVisible();
  await checkLooks(room.page, 'In a workshop, before the start');

  await room.page.reload();
  await expect(room.workshop.bar).toContainText('Monday’s room');
  await room.study.start();
  await expect(room.page.getByRole('list', { name: 'Advice' })).toBeVisible({ timeout: 240_000 });
  await expect(room.page.getByRole('button', { name: 'Compare again' })).toBeVisible({ timeout: 240_000 });
  for (const way of QUICK) await expect(room.study.row(way)).toContainText(/\d+\.\d %/);

  await room.page.keyboard.press('p');
  await expect(room.page.getByRole('button', { name: /^Leave the projector view/ })).toBeVisible();
  for (const name of ['Help', 'Report (HTML)', 'Compare again']) {
    await expect(room.page.getByRole('button', { name, exact: true })).toBeHidden();
  }
  await expect(room.page.getByRole('list', { name: 'Advice' })).toBeVisible();
  await expect(room.study.table).toBeVisible();
  await checkLooks(room.page, 'Projector view');
  await room.page.keyboard.press('Escape');
  await expect(room.page.getByRole('button', { name: 'Projector view', exact: true })).toBeVisible();

  const path = await download(room.page, 'Report (HTML)', 'html');
  await checkReport(browser, path, ['What to do', 'Head only', 'Support']);
  const answers = await readFile(await download(room.page, 'Answers (CSV)', 'csv'), 'utf8');
  const all = JSON.parse(await readFile(await download(room.page, 'Everything (JSON)', 'json'), 'utf8'));
  expect(answers.split('\r\n')[0]).toContain('zero-shot');
  expect(all.rows.rows).toHaveLength(all.report.data.splits.test);

  await room.workshop.bar.getByRole('button', { name: 'Leave the workshop' }).click();
  await expect(room.page.getByRole('navigation', { name: 'Journey' })).toBeVisible();
  await room.page.context().close();
});

test('a link to a file elsewhere: its site is asked after the yes alone, its file is the one fixed, its rows stay text', async ({
  studio,
  browser,
}) => {
  const hostile = `<img src="http://127.0.0.1:9/x.png" onerror="alert(1)"><script>alert(2)</script>`;
  const rows = ROWS.map(({ text, label }) => ({ text: `${text} ${hostile}`, label }));
  const site = await startFileServer('tickets.csv', csv(rows));
  await studio.open();
  await studio.data.openFile('tickets.csv', csv(rows));
  await expect(studio.data.facts).toContainText('rows kept');
  await studio.go('Prompt or tune?');
  await studio.study.choose(QUICK);
  await studio.workshop.openDialog('<b>Hostile</b>');
  await studio.workshop.nameFile(`${site.url}/tickets.csv`);
  expect(site.requests).toEqual([]);
  await studio.workshop.fixFile();
  expect(site.requests).toHaveLength(1);
  const link = await studio.workshop.link();

  const room = new Studio(await (await browser.newContext({ reducedMotion: 'reduce' })).newPage());
  await room.page.goto(link);
  await room.workshop.expectOffer([`asks ${new URL(site.url).host} for the file`, 'another one is refused']);
  expect(site.requests).toHaveLength(1);
  site.content = csv(rows.slice(1));
  const open = `Fetch from ${new URL(site.url).host} and open`;
  await room.page.getByRole('button', { name: open }).click();
  await expect(room.page.getByRole('alert')).toContainText('is not the one that was fixed in the link');
  site.content = csv(rows);
  await room.workshop.accept(open);
  const asked = site.requests.at(-1)?.headers;
  expect(asked?.cookie).toBeUndefined();
  expect(asked?.referer).toBeUndefined();
  await expect(room.workshop.bar).toContainText('<b>Hostile</b>');
  await room.study.start();
  await expect(room.page.getByRole('button', { name: 'Compare again' })).toBeVisible({ timeout: 240_000 });
  const path = await download(room.page, 'Report (HTML)', 'html');
  await checkReport(browser, path, [hostile]);
  await room.page.context().close();
  await site.close();
});

test('a link that was cut is told as such, with a way on', async ({ page, studio }) => {
  await page.goto('/prompt-or-tune#workshop=eyJ2ZXJzaW9uIjox');
  await expect(page.getByRole('alert')).toContainText('cannot be used');
  await checkLooks(page, 'A bad workshop link');
  await page.getByRole('button', { name: 'Go on without it' }).click();
  await studio.expectQuestion(QUESTION);
});
