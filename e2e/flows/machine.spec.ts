/** Machines that offer less: no WebGPU, no shared memory. */
import { PLAIN_PORT } from '../../playwright.config';
import { csv } from '../rows';
import { expect, test } from '../test';

test('without WebGPU the processor computes, and the page says so', async ({ studio }) => {
  await studio.open();
  expect(await studio.machine()).toMatch(/offers no WebGPU here, so the CPU is used/);
});

test.describe('without the headers that shared memory needs', () => {
  test.use({ baseURL: `http://127.0.0.1:${PLAIN_PORT}` });

  test('one thread trains, and the page says why it is slower', async ({ studio }) => {
    await studio.open();
    expect(await studio.machine()).toMatch(/one thread/i);
    await studio.data.openFile('tickets.csv', csv());
    await studio.toMethod();
    await studio.method.choose('Head only');
    await studio.method.set('Passes over the data', 20);
    await studio.method.train();
    await studio.train.expectFinished();
  });
});
