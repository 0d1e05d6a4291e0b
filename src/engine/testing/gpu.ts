/**
 * WebGPU in Node for tests, by Dawn (npm `webgpu`): on Linux through the software Vulkan that Chromium brings along,
 * so that kernels are tested where there is no graphics card; elsewhere on the system's own.
 */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { findBrowser } from '../../../scripts/browser.mjs';

/** glibc's: the library stays loaded although Node finds no module in it. */
const RTLD_NODELETE = 0x1000;

/** Gives this process `navigator.gpu`. `null` = a device that computes nothing, to count what a step asks of it. */
export async function provideGpu(kind: 'null' | 'real' = 'real'): Promise<void> {
  if (kind === 'real' && process.platform === 'linux') await loadSoftwareVulkan();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: create(kind === 'null' ? ['backend=null'] : []) },
    configurable: true,
  });
}

async function loadSoftwareVulkan(): Promise<void> {
  const browser = await findBrowser();
  const folders = [
    ...(browser ? [path.dirname(realpathSync(browser))] : []),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
  ];
  const folder = folders.find((each) => existsSync(path.join(each, 'vk_swiftshader_icd.json')));
  if (!folder) throw new Error(`no software Vulkan beside a Chromium; looked in ${folders.join(', ')}`);
  process.env.VK_ICD_FILENAMES = path.join(folder, 'vk_swiftshader_icd.json');
  try {
    process.dlopen({ exports: {} }, path.join(folder, 'libvulkan.so.1'), 2 | RTLD_NODELETE);
  } catch {
    // Node looks for a module of its own in it; Dawn finds the library by its name.
  }
}
