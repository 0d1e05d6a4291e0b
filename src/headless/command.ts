/** What scripts/tune.mjs needs of Hone's own code, run in Node: options, help, progress. */
export { EngineError } from '../engine/core/errors';
export { helpText } from './help';
export { parseArguments } from './options';
export { createProgress } from './progress';
export { compareRequest, isSample, tuneRequest } from './request';
