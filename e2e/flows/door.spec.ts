/** The browser itself holds the page to its own site, and a door to the one address that was agreed to. */
import { readdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { startChatServer } from '../chatServer';
import { startHub } from '../hubServer';
import { expect, test } from '../test';

/** Statuses of a chat request to each address through a door opened for `to`; 0 = none came back. */
function throughDoor(page: Page, to: string, addresses: readonly string[]): Promise<number[]> {
  const file = readdirSync('dist/assets').find((name) => name.startsWith('door.worker-'));
  return page.evaluate(
    async ([door, urls]) => {
      const worker = new Worker(door, { type: 'module' });
      const statuses: number[] = [];
      for (const [id, address] of urls.entries()) {
        const url = `${address}/chat/completions`;
        const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Text: refund' }] });
        const headers = [['content-type', 'application/json']];
        statuses.push(
          await new Promise((resolve) => {
            worker.onmessage = ({ data }) => {
              if (data.id === id && data.type === 'head') resolve(data.status);
            };
            worker.onerror = () => resolve(-1);
            worker.postMessage({ type: 'send', id, url, method: 'POST', headers, body });
          }),
        );
      }
      worker.terminate();
      return statuses;
    },
    [`/assets/${file}?to=${encodeURIComponent(to)}`, addresses] as const,
  );
}

test('rows can leave by a door, for its own address alone', async ({ studio, page }) => {
  await studio.open();
  const agreed = await startChatServer({ rules: [[/refund/, 'refund']] });
  const other = await startChatServer({ rules: [] });
  expect(await throughDoor(page, new URL(agreed.url).origin, [agreed.url, other.url])).toEqual([200, 0]);
  expect(agreed.requests).toHaveLength(1);
  const direct = page.evaluate(
    (url) => fetch(url, { method: 'POST', body: '{}' }).then(() => 'sent'),
    agreed.url,
  );
  await expect(direct).rejects.toThrow();
  expect(agreed.requests).toHaveLength(1);
  expect(other.requests).toEqual([]);
  await Promise.all([agreed.close(), other.close()]);
});

test('a door for a hub is sent on to its file stores alone, and a token stays behind', async ({
  studio,
  page,
}) => {
  await studio.open();
  const repositories = { 'a/b': { files: new Map([['config.json', new TextEncoder().encode('{}')]]) } };
  const store = await startHub({ repositories });
  const hub = await startHub({ repositories, sendOnTo: store.url });
  const file = readdirSync('dist/assets').find((name) => name.startsWith('door.worker-'));
  const statusBy = (stores: string): Promise<number> =>
    page.evaluate(
      ([door, url]) =>
        new Promise<number>((resolve) => {
          const worker = new Worker(door, { type: 'module' });
          worker.onmessage = ({ data }) => {
            if (data.type === 'head') resolve(data.status);
          };
          const headers = [['authorization', 'Bearer mine']];
          worker.postMessage({ type: 'send', id: 1, url, method: 'GET', headers, body: null });
        }),
      [
        `/assets/${file}?to=${encodeURIComponent(hub.url)}&follow=yes${stores}`,
        `${hub.url}/a/b/resolve/main/config.json`,
      ] as const,
    );
  expect(await statusBy('')).toBe(0);
  expect(store.requests).toEqual([]);
  expect(await statusBy(`&store=${encodeURIComponent(store.url)}`)).toBe(200);
  await expect.poll(() => store.requests.map(({ authorization }) => authorization)).toEqual([null]);
  expect(hub.requests.every(({ authorization }) => authorization === 'Bearer mine')).toBe(true);
  await Promise.all([hub.close(), store.close()]);
});

test('the server’s policy for a door names one origin, or none', async ({ request }) => {
  const file = readdirSync('dist/assets').find((name) => name.startsWith('door.worker-'));
  const policy = async (to: string): Promise<string | undefined> =>
    (await request.get(`/assets/${file}?to=${encodeURIComponent(to)}`)).headers()['content-security-policy'];
  expect(await policy('https://api.example.com/v1?x=1')).toBe(
    "default-src 'none'; connect-src https://api.example.com",
  );
  for (const bad of ['*', 'https:', 'https://a b; script-src *', 'data:text/html,x', '']) {
    expect(await policy(bad)).toBe("default-src 'none'; connect-src 'none'");
  }
  const hub = 'https://huggingface.co';
  const withStore = async (store: string): Promise<string | undefined> => {
    const address = `/assets/${file}?to=${encodeURIComponent(hub)}&follow=yes&store=${encodeURIComponent(store)}`;
    return (await request.get(address)).headers()['content-security-policy'];
  };
  expect(await withStore('https://*.hf.co')).toBe(`default-src 'none'; connect-src ${hub} https://*.hf.co`);
  for (const bad of ['https://*', 'https://*.co', '*', 'https://a b']) {
    expect(await withStore(bad)).toBe("default-src 'none'; connect-src 'none'");
  }
});
