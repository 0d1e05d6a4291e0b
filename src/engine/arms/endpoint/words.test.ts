/** What a model is asked, and what its answer is taken to mean. */
import { describe, expect, test } from 'vitest';
import { fillTemplate } from '../../core/promptTemplate';
import { labelOf } from './answer';
import { DEFAULT_PROMPT } from './spec';

const LABELS = ['card_arrival', 'Lost card', 'other'];

describe('an answer', () => {
  test.each([
    ['card_arrival', 0],
    [' Card Arrival.\n', 0],
    ['CARD-ARRIVAL', 0],
    ['lost card', 1],
    ['"Lost card"', 1],
    ['**other**', 2],
    ['- other', 2],
    ['Label: other', 2],
    ['**Answer:** card_arrival', 0],
    ['other\n\nThe text says nothing about a card.', 2],
    ['The label is “Lost card”.', 1],
    ["It's `card_arrival`, I would say", 0],
    ['{"label": "Lost card"}', 1],
    ['```json\n{"category": "other"}\n```', 2],
    ['["other"]', 2],
    ['<think>maybe "Lost card"?</think>\nother', 2],
    ['', -1],
    ['card', -1],
    ['Lost card or other', -1],
    ['Either "Lost card" or "other"', -1],
    ['<think>other', -1],
    ['{"label": "complaint"}', -1],
    ['2', -1],
  ])('%j means %i', (answer, expected) => expect(labelOf(answer, LABELS, false)).toBe(expected));

  test.each([
    ['2', 1],
    ['3.', 2],
    ['{"label": 1}', 0],
    ['0', -1],
    ['4', -1],
    ['2 or 3', -1],
    ['Lost card', 1],
  ])('with numbered labels %j means %i', (answer, expected) =>
    expect(labelOf(answer, LABELS, true)).toBe(expected),
  );

  test.each(['-1', '"-1"', 'Label: -1', '**-1**', '- -1', '{"label": -1}'])(
    '%j means -1 where 1 is a label, too',
    (answer) => expect(labelOf(answer, ['1', '0', '-1'], false)).toBe(2),
  );

  test('labels that are numbers are themselves, and labels that differ in case alone need the exact one', () => {
    expect(labelOf('1', ['3', '1', '2'], true)).toBe(1);
    expect(labelOf('us', ['US', 'us'], false)).toBe(1);
    expect(labelOf('Us', ['US', 'us'], false)).toBe(-1);
  });
});

describe('a prompt', () => {
  const parts = { labels: LABELS, descriptions: { other: ' anything else ' }, shots: [] };

  test('is the template with labels, examples and text', () => {
    const shots = [{ text: 'where is it', label: 'card_arrival' }];
    expect(fillTemplate(DEFAULT_PROMPT, { ...parts, shots }).of('Hello')).toBe(
      [
        'Put the text under exactly one of these labels:',
        '- card_arrival\n- Lost card\n- other: anything else',
        '',
        'Text: where is it\nLabel: card_arrival',
        '',
        'Text: Hello',
        '',
        'Answer with the label alone, written exactly as above.\nLabel:',
      ].join('\n'),
    );
  });

  test('never reads rows, labels or examples as templates', () => {
    const shots = [{ text: '{{text}} $& {{labels}}', label: '{{examples}}' }];
    const { of } = fillTemplate('{{examples}}|{{text}}', { ...parts, shots });
    expect(of('{{examples}} $1')).toBe(
      'Text: {{text}} $& {{labels}}\nLabel: {{examples}}\n\n|{{examples}} $1',
    );
  });

  test('numbers its labels where it is asked to', () => {
    const prompt = fillTemplate('{{numbered}}\n{{text}} {{other}}', parts);
    expect(prompt.numbered).toBe(true);
    expect(prompt.of('x')).toBe('1. card_arrival\n2. Lost card\n3. other: anything else\nx {{other}}');
    expect(fillTemplate('{{labels}}{{text}}', parts).numbered).toBe(false);
  });
});
