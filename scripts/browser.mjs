/** Finds a Chromium for journeys and headless runs, installs one where there is none, and knows its flags. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { firstLine, run, tool } from './command.mjs';

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
    .map((name) => process.env[name])
    .filter((folder) => folder !== undefined)
    .map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe')),
];

/**
 * An installed browser: $CHROME, then the PATH, then the usual places, then the one Playwright downloaded.
 * @returns {Promise<string | null>}
 */
export async function findBrowser() {
  if (process.env.CHROME) {
    if (existsSync(process.env.CHROME)) return process.env.CHROME;
    throw new Error(`$CHROME names ${process.env.CHROME}, which does not exist.`);
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  for (const candidate of [...onPath, ...PLACES]) {
    // Ubuntu's chromium-browser may be a stub that only says how to install a snap.
    if (existsSync(candidate) && runs(candidate)) return candidate;
  }
  const { chromium } = await import('@playwright/test');
  const downloaded = chromium.executablePath();
  return existsSync(downloaded) ? downloaded : null;
}

/** @param {string} file */
function runs(file) {
  return process.platform === 'linux' ? firstLine(file, ['--version']) !== null : true;
}

/**
 * A browser, installed if need be: Debian's package where apt may be used, else Playwright's download.
 * @param {{ toStderr?: boolean }} [options]
 * @returns {Promise<string>}
 */
export async function ensureBrowser(options) {
  const found = await findBrowser();
  if (found) return found;
  console.error('Installing Chromium …');
  for (const install of [installByApt, installByPlaywright]) {
    await install(options);
    const installed = await findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    'No Chrome or Chromium found, and none could be installed. Install one, or set $CHROME to it.',
  );
}

/** @param {{ toStderr?: boolean }} [options] */
async function installByApt(options) {
  if (process.getuid?.() !== 0 || firstLine('apt-get', ['--version']) === null) return;
  const settings = { ...options, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await run('apt-get', ['update', '-qq'], settings);
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], settings);
}

/** @param {{ toStderr?: boolean }} [options] */
async function installByPlaywright(options) {
  await run(tool('playwright'), ['install', '--with-deps', 'chromium'], options);
}

/**
 * Chromium's flags for unattended work. `webgpu`: true asks for WebGPU also where there is no graphics card, 'card' only
 * where there is one.
 * @param {{ webgpu: boolean | 'card' }} options
 */
export function browserFlags({ webgpu }) {
  const flags = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--js-flags=--max-old-space-size=8192',
  ];
  // Chromium refuses to sandbox for root.
  if (process.getuid?.() === 0) flags.push('--no-sandbox');
  const software = softwareOnly();
  if (webgpu === true || (webgpu === 'card' && !software)) flags.push('--enable-unsafe-webgpu');
  // Without a card Chromium draws the page on an emulated one, which takes the processor from training.
  if (software) flags.push(webgpu === true ? '--use-webgpu-adapter=swiftshader' : '--disable-gpu');
  return flags;
}

function softwareOnly() {
  return process.platform === 'linux' && !existsSync('/dev/dri');
}
