/** The engine's questions to the page, and the page's answers as they come back. */
import { EngineError } from '../engine/core/errors';
import { type AskPage, type PageQuestion, pageQuestions } from '../engine/core/pageQuestions';
import type { Request, Response } from './protocol';

type Answer = Extract<Request, { type: 'answer' }>;

const waiting = new Map<number, (answer: Answer) => void>();
let nextId = 1;

export const askPage: AskPage = async <Q extends PageQuestion>(
  question: Q,
  params: unknown,
  signal?: AbortSignal,
) => {
  signal?.throwIfAborted();
  const id = nextId++;
  let abort: (() => void) | null = null;
  const answer = await new Promise<Answer>((resolve, reject) => {
    abort = () => {
      waiting.delete(id);
      post({ type: 'unask', id });
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    waiting.set(id, resolve);
    post({ type: 'ask', id, question, params });
  }).finally(() => abort && signal?.removeEventListener('abort', abort));
  if (answer.error) throw new EngineError(answer.error);
  return pageQuestions[question].result.parse(answer.result) as never;
};

export function takeAnswer(answer: Answer): void {
  waiting.get(answer.id)?.(answer);
  waiting.delete(answer.id);
}

function post(message: Response): void {
  (self as unknown as Worker).postMessage(message);
}
