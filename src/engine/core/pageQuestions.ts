/** What the engine may ask the page for: things that browsers show to pages and not to workers. Plain data both ways. */
import { z } from 'zod';

/** As the Prompt API names them, and 'absent' where a browser has no such API. */
const modelAvailability = z.enum(['absent', 'unavailable', 'downloadable', 'downloading', 'available']);
export type ModelAvailability = z.infer<typeof modelAvailability>;

/** One table: question → what is told with it, what comes back. */
export const pageQuestions = {
  'model.availability': { params: z.null(), result: modelAvailability },
  /**
   * The browser's own model is asked; its answer is held to one of `labels`. Null content: it could not answer this.
   * Null tokens: the browser did not say.
   */
  'model.prompt': {
    params: z.object({ words: z.string(), labels: z.array(z.string()) }),
    result: z.object({ content: z.string().nullable(), tokens: z.number().nullable() }),
  },
  /** No more will be asked: what the model holds is let go. */
  'model.end': { params: z.null(), result: z.null() },
} as const;

export type PageQuestion = keyof typeof pageQuestions;
export type QuestionParams<Q extends PageQuestion> = z.infer<(typeof pageQuestions)[Q]['params']>;
export type QuestionResult<Q extends PageQuestion> = z.infer<(typeof pageQuestions)[Q]['result']>;

/** An aborted question is not waited for, and the page is told. @throws EngineError as the page puts it */
export type AskPage = <Q extends PageQuestion>(
  question: Q,
  params: QuestionParams<Q>,
  signal?: AbortSignal,
) => Promise<QuestionResult<Q>>;

export type PageAnswers = {
  [Q in PageQuestion]: (params: QuestionParams<Q>, signal: AbortSignal) => Promise<QuestionResult<Q>>;
};
