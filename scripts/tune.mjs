/** `npm run tune -- DATA [options]`: one run without screens. */
import { runCommand } from './headless.mjs';

await runCommand('tune');
