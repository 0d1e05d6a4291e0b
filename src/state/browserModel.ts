/** The browser's built-in language model (Prompt API), which exists in pages alone: asked here for the engine. */
import { EngineError } from '../engine/core/errors';
import type { ModelAvailability, PageAnswers, QuestionResult } from '../engine/core/pageQuestions';

/** As far as it is used (webmachinelearning.github.io/prompt-api); TypeScript's DOM library does not have it yet. */
interface Session {
  prompt(words: string, options: { responseConstraint: object; signal: AbortSignal }): Promise<string>;
  measureContextUsage?(words: string): Promise<number>;
  clone(options: { signal: AbortSignal }): Promise<Session>;
  destroy(): void;
}
interface LanguageModelApi {
  availability(options: object): Promise<ModelAvailability>;
  create(options: object): Promise<Session>;
}

/** The same must be said when asking for it and when making it. */
const OPTIONS = { expectedInputs: [{ type: 'text' }], expectedOutputs: [{ type: 'text' }] };

let fresh: Promise<Session> | null = null;

function api(): LanguageModelApi | null {
  return (globalThis as { LanguageModel?: LanguageModelApi }).LanguageModel ?? null;
}

export const browserModelAnswers: PageAnswers = {
  'model.availability': async () => (await api()?.availability(OPTIONS)) ?? 'absent',
  'model.prompt': async ({ words, labels }, signal) => {
    fresh ??= create();
    const base = await fresh.catch((error: unknown) => {
      // The next row, or the next study, may try again.
      fresh = null;
      throw error;
    });
    try {
      return await askOnce(base, words, labels, signal);
    } catch {
      signal.throwIfAborted();
      // It may be this row or the session itself: the next row is asked of another.
      letGo();
      return { content: null, tokens: null };
    }
  },
  'model.end': async () => {
    letGo();
    return null;
  },
};

async function askOnce(
  base: Session,
  words: string,
  labels: readonly string[],
  signal: AbortSignal,
): Promise<QuestionResult<'model.prompt'>> {
  const session = await base.clone({ signal });
  try {
    const tokens = (await session.measureContextUsage?.(words)) ?? null;
    const responseConstraint = { type: 'string', enum: labels };
    return { content: await session.prompt(words, { responseConstraint, signal }), tokens };
  } finally {
    // What one row said must not be heard by the next.
    session.destroy();
  }
}

/** Ends the session that the others are cloned from, now or once it is made. */
function letGo(): void {
  void fresh?.then(
    (session) => session.destroy(),
    () => undefined,
  );
  fresh = null;
}

async function create(): Promise<Session> {
  try {
    const model = api();
    if (!model) throw new Error('this browser has none');
    return await model.create(OPTIONS);
  } catch (error) {
    throw new EngineError(
      {
        code: 'browser-model-failed',
        message: `The browser’s model could not be started: ${error instanceof Error ? error.message : error}.`,
        hint: 'If it has to be downloaded first, let this arm be the first of the study, so that it begins with your click.',
      },
      { cause: error },
    );
  }
}
