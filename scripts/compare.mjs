/** `npm run compare -- DATA --arms A,B [options]`: several ways of answering on the same rows, without screens. */
import { runCommand } from './headless.mjs';

await runCommand('compare');
