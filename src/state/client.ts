/** The page's one engine client. The worker itself starts with the first call. */
import { createEngineClient } from '../workers/client';
import { browserModelAnswers } from './browserModel';

export const engine = createEngineClient(undefined, browserModelAnswers);
