/** Conversations as the one text a model reads, and which parts of it are the assistant's. */
import { EngineError } from '../core/errors';
import type { Turn } from '../data/writing/conversation';
import { compileTemplate } from './boundedTemplate';

/** For models without a template of their own: names before the turns, and the end of text after each answer. */
export const PLAIN_TEMPLATE = `{{- bos_token }}
{%- for message in messages %}
    {%- if message.role == 'system' %}
        {{- message.content + '\\n\\n' }}
    {%- elif message.role == 'user' %}
        {{- 'User: ' + message.content + '\\n' }}
    {%- else %}
        {{- 'Assistant: ' + message.content }}
        {{- eos_token }}
        {{- '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- 'Assistant:' }}
{%- endif %}`;

/** Characters from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

export interface RenderedChat {
  text: string;
  /** What the assistant says, with what ends its turn; ascending, none empty. */
  answers: readonly Span[];
  /** Earlier answers are not among `answers`: the template writes them differently once others follow. */
  lastOnly: boolean;
}

export interface ChatTemplate {
  source: string;
  /** As transformers' apply_chat_template. @throws template-refused, bad-chat-template */
  render(turns: readonly Turn[], addGenerationPrompt: boolean): string;
  /** The whole conversation, the last turn being the assistant's. @throws template-refused, bad-chat-template */
  renderAnswers(turns: readonly Turn[]): RenderedChat;
}

/** Noncharacters (Unicode 23.7), which no text is to hold: they stand for the marks of `{% generation %}`. */
const [OPENING, CLOSING] = ['\uFDD0', '\uFDD1'];
const GENERATION_TAG = /\{%(-?)\s*(end)?generation\s*(-?)%\}/g;
const MARKS = new RegExp(`[${OPENING}${CLOSING}]`);

/** Each tag becomes a block that writes a mark, so that white space around it is treated as around the tag. */
function withMarks(source: string): string | null {
  const marked = source.replace(
    GENERATION_TAG,
    (_, before: string, end: string | undefined, after: string) =>
      `{%${before} if true %}{{ '${end === undefined ? OPENING : CLOSING}' }}{% endif ${after}%}`,
  );
  return marked === source ? null : marked;
}

/** Takes the marks out and says where they stood. */
function readMarks(text: string): Pick<RenderedChat, 'text' | 'answers'> {
  const answers: Span[] = [];
  let clean = '';
  let open = 0;
  for (const piece of text.split(/([\uFDD0\uFDD1])/)) {
    if (piece === OPENING) open = clean.length;
    else if (piece === CLOSING) answers.push({ start: open, end: clean.length });
    else clean += piece;
  }
  return { text: clean, answers: answers.filter(({ start, end }) => end > start) };
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a[at] === b[at]) at++;
  // Not between the halves of one character.
  return /[\uDC00-\uDFFF]/.test(b[at] ?? '') ? at - 1 : at;
}

/** What the template writes after an answer, by an answer that stands nowhere else; '' when that cannot be told. */
function endingOf(render: ChatTemplate['render']): string {
  const probe = 'ANSWER-\uFDD2';
  try {
    const turns: Turn[] = [
      { role: 'user', content: 'QUESTION' },
      { role: 'assistant', content: probe },
    ];
    const text = render(turns, false);
    const at = text.lastIndexOf(probe);
    return at === -1 ? '' : text.slice(at + probe.length);
  } catch {
    return '';
  }
}

/** White space after what ends a turn is the template's, not the answer's: a model stops before it. */
function withoutTail(text: string, span: Span, ending: string): Span {
  const isEnded = ending.trim() !== '' && text.slice(span.start, span.end).endsWith(ending);
  return isEnded ? { start: span.start, end: span.end - ending.length + ending.trimEnd().length } : span;
}

/**
 * Where each answer stands, by rendering what comes before it with the prompt to answer. The last answer alone when
 * the text of the whole does not begin with those: some templates write earlier turns differently, as those do that
 * drop the reasoning of past answers.
 */
function byPrefixes(turns: readonly Turn[], render: ChatTemplate['render'], ending: string): RenderedChat {
  const text = render(turns, false);
  const last = turns.length - 1;
  const places = turns.flatMap(({ role }, i) => (role === 'assistant' ? [i] : []));
  const whole = places.map((i): Span | null => {
    // Templates may look at the first message, which is not there before the first turn.
    if (i === 0) return null;
    const before = render(turns.slice(0, i), true);
    const after = i === last ? text : render(turns.slice(0, i + 1), false);
    const isKept = text.startsWith(before) && text.startsWith(after) && after.length > before.length;
    return isKept ? withoutTail(text, { start: before.length, end: after.length }, ending) : null;
  });
  const answers = whole.filter((span) => span !== null);
  if (answers.length === places.length) return { text, answers, lastOnly: false };
  const before = last === 0 ? '' : render(turns.slice(0, last), true);
  const start = commonLength(before, text);
  const span = withoutTail(text, { start, end: text.length }, ending);
  return { text, answers: span.end > span.start ? [span] : [], lastOnly: places.length > 1 };
}

/**
 * `specials` are the model's special tokens by their names in tokenizer_config.json ('bos_token', 'eos_token').
 *
 * @throws bad-chat-template
 */
export function chatTemplate(source: string, specials: Readonly<Record<string, string>>): ChatTemplate {
  const plain = compileTemplate(source);
  const markedSource = withMarks(source);
  const marked = markedSource === null ? null : compileTemplate(markedSource);
  const variables = (turns: readonly Turn[], addGenerationPrompt: boolean): Record<string, unknown> => ({
    ...specials,
    messages: turns.map(({ role, content }) => ({ role, content })),
    add_generation_prompt: addGenerationPrompt,
    tools: null,
    documents: null,
  });
  const render: ChatTemplate['render'] = (turns, addGenerationPrompt) =>
    plain.render(variables(turns, addGenerationPrompt));
  let ending: string | null = null;
  return {
    source,
    render,
    renderAnswers: (turns) => {
      if (marked === null || turns.some(({ content }) => MARKS.test(content))) {
        ending ??= endingOf(render);
        return byPrefixes(turns, render, ending);
      }
      return { ...readMarks(marked.render(variables(turns, false))), lastOnly: false };
    },
  };
}

/** The template in tokenizer_config.json: text, or a list of named ones; null without. @throws bad-chat-template */
export function templateOf(tokenizerConfig: unknown): string | null {
  const field = (tokenizerConfig as { chat_template?: unknown } | null)?.chat_template ?? null;
  if (field === null || typeof field === 'string') return field;
  const named: readonly unknown[] = Array.isArray(field) ? field : [];
  const usable = named.filter(
    (one): one is { name: string; template: string } =>
      typeof (one as { name?: unknown } | null)?.name === 'string' &&
      typeof (one as { template?: unknown }).template === 'string',
  );
  const chosen = usable.find(({ name }) => name === 'default') ?? usable[0];
  if (chosen !== undefined) return chosen.template;
  throw new EngineError({
    code: 'bad-chat-template',
    message: 'The chat_template of tokenizer_config.json is neither a text nor a list of named texts.',
    hint: 'Take Hone’s plain template, or correct the file.',
  });
}
