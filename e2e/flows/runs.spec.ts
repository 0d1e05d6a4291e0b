/** Runs outlive a reload and travel as a file. */
import { Studio } from '../pages/studio';
import { csv } from '../rows';
import { expect, test } from '../test';

test('a saved run is reopened after a reload, and in another browser from its file', async ({
  studio,
  page,
  browser,
}) => {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.toMethod();
  await studio.method.choose('Head only');
  await studio.method.set('Passes over the data', 20);
  await studio.method.train();
  await studio.train.expectFinished();

  await page.reload();
  await studio.go('Runs');
  await studio.runs.open(/tickets/);
  const scores = (await studio.compare.side('After').textContent()) ?? '';

  await studio.go('Runs');
  const saved = await (await studio.runs.saveAsFile()).path();
  const elsewhere = new Studio(await (await browser.newContext()).newPage());
  await elsewhere.open();
  await elsewhere.go('Runs');
  await elsewhere.runs.import(saved);
  await elsewhere.runs.open(/tickets/);
  await expect(elsewhere.compare.side('After')).toHaveText(scores);
  await elsewhere.page.context().close();
});
