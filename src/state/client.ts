/** The page's one engine client. The worker itself starts with the first call. */
import { createEngineClient } from '../workers/client';

export const engine = createEngineClient();
