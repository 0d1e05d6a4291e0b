/** Against transformers' apply_chat_template: reference/golden_writing.py. */
import { describe, expect, test } from 'vitest';
import { EngineError } from '../core/errors';
import type { Turn } from '../data/writing/conversation';
import golden from '../golden/writing.json';
import { chatTemplate, PLAIN_TEMPLATE } from './chatTemplate';
import { learnRow } from './learnedTokens';
import { loadWritingTokenizer } from './writingTokenizer';

interface Case {
  refused?: string;
  text?: string;
  asked?: string;
  ids?: number[];
  answers?: { start: number; end: number }[];
}

const conversations = golden.conversations as Turn[][];
const tokenizerFor = (template: string) =>
  loadWritingTokenizer(golden.tokenizer, { ...golden.tokenizer_config, chat_template: template });

describe.each(golden.templates)('$name', ({ name, source, cases }) => {
  const tokenizer = tokenizerFor(source);
  const asks = ['ChatML', 'Llama 3', 'Zephyr', 'plain'].includes(name);
  const found = (cases as Case[]).map((expected, i) => ({ expected, turns: conversations[i] as Turn[] }));

  test('the same text, whole and with the prompt to answer', () => {
    for (const { expected, turns } of found) {
      if (expected.refused !== undefined) continue;
      expect(tokenizer.template.render(turns, false)).toBe(expected.text);
      expect(tokenizer.template.render(turns.slice(0, -1), true)).toBe(expected.asked);
      expect(tokenizer.template.renderAnswers(turns).text).toBe(expected.text);
    }
  });

  test('the same ids, but for an end that the template lacks', () => {
    for (const { expected, turns } of found) {
      if (expected.refused !== undefined || turns[0]?.content === '  spaces around  ') continue;
      const learned = learnRow({ row: 0, turns }, tokenizer.template, tokenizer, {
        maxLength: 10_000,
        completionOnly: true,
      });
      if (!('example' in learned)) throw new Error(learned.reason);
      const ids = [...learned.example.ids];
      if (name !== 'numbered') expect(ids).toEqual(expected.ids);
      else expect(ids.at(-1)).toBe(tokenizer.endId);
    }
  });

  test('every answer lies in what is learned, and nothing that was asked', () => {
    for (const { expected, turns } of found) {
      if (expected.refused !== undefined) continue;
      const { text, answers, lastOnly } = tokenizer.template.renderAnswers(turns);
      const said = answers.map(({ start, end }) => text.slice(start, end));
      const replies = turns.filter(({ role }) => role === 'assistant').slice(lastOnly ? -1 : 0);
      expect(said.length).toBe(replies.length);
      expect(answers[0]?.start).toBeGreaterThan(0);
      // The prompt to answer of “reasoning” opens the thought itself, that of “numbered” does not know the number.
      if (!asks) continue;
      for (const [i, own] of said.entries()) {
        expect(own).toContain((replies[i] as Turn).content.trim());
        expect(own.trimEnd()).toBe(own);
      }
      expect(text.slice(0, answers.at(-1)?.start)).toBe(expected.asked);
    }
  });

  test('refuses in the template’s own words what transformers refuses', () => {
    for (const { expected, turns } of found) {
      const refusal = expected.refused;
      const render = () => tokenizer.template.renderAnswers(turns);
      if (refusal === undefined) expect(render).not.toThrow();
      else
        expect(render).toThrow(
          new EngineError({
            code: 'template-refused',
            message: `The chat template refuses the conversation: ${refusal}`,
            hint: 'Change the row, or the template.',
          }),
        );
    }
  });
});

test('marks of the template are where transformers finds them', () => {
  const marked = golden.templates.find(({ name }) => name === 'generation marks');
  const template = chatTemplate(marked?.source ?? '', golden.tokenizer_config);
  const cases = (marked?.cases ?? []) as Case[];
  expect(cases.every(({ answers }) => answers !== undefined)).toBe(true);
  for (const [i, { answers }] of cases.entries()) {
    expect(template.renderAnswers(conversations[i] as Turn[]).answers).toEqual(answers);
  }
});

test('a template that rewrites past answers is learned from the last alone', () => {
  const { template } = tokenizerFor(golden.templates.find(({ name }) => name === 'reasoning')?.source ?? '');
  const turns = conversations.find(([first]) => first?.content === 'Think.') as Turn[];
  const { text, answers, lastOnly } = template.renderAnswers(turns);
  expect(lastOnly).toBe(true);
  expect(text).not.toContain('first');
  expect(answers.map(({ start, end }) => text.slice(start, end))).toEqual([
    'second\n</think>\n\nTwo.<|im_end|>',
  ]);
});

test('the plain template is the one that was compared', () => {
  expect(golden.templates.find(({ name }) => name === 'plain')?.source).toBe(PLAIN_TEMPLATE);
});
