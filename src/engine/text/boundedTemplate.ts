/**
 * Jinja templates from model folders, which may have been written by anyone: bounded in size, work and output. A
 * rendered template is text for a tokenizer, never markup.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { EngineError } from '../core/errors';

/** The longest template on the Hub in use by a known model family (gpt-oss) has 17,000 characters. */
const LONGEST_TEMPLATE = 32_000;
const LONGEST_TEXT = 4_000_000;
const LONGEST_RANGE = 1_000;
/** Expressions evaluated, with long texts and lists counting for more; a chat of a hundred turns takes some thousands. */
const MOST_WORK = 300_000;
const CHARACTERS_PER_STEP = 256;
const ITEMS_PER_STEP = 64;
/** An iteration costs this before anything is done in it. */
const STEPS_PER_ITERATION = 10;

/** What a template says with `raise_exception`: about this conversation, not about the template. */
class Refusal extends Error {}

export interface BoundedTemplate {
  /**
   * @throws template-refused with the template's own words, bad-chat-template when it fails or does not end
   */
  render(variables: Readonly<Record<string, unknown>>): string;
}

function badTemplate(what: string): EngineError {
  return new EngineError({
    code: 'bad-chat-template',
    message: `The chat template ${what}.`,
    hint: 'Edit the template, or take Hone’s plain one.',
  });
}

type Node = Parameters<Interpreter['evaluate']>[0];

class BoundedInterpreter extends Interpreter {
  private work = 0;
  /** What loops go over: the engine does not evaluate anything for an iteration as such. */
  private readonly iterated = new Set<Node>();

  override evaluate(...[node, scope]: Parameters<Interpreter['evaluate']>) {
    if (node?.type === 'For') {
      const { iterable } = node as unknown as { iterable: Node & { lhs?: Node } };
      this.iterated.add(iterable?.lhs ?? iterable);
    }
    const value = super.evaluate(node, scope);
    const characters = typeof value.value === 'string' ? value.value.length : 0;
    const items = Array.isArray(value.value) ? value.value.length : 0;
    if (characters > LONGEST_TEXT)
      throw badTemplate(`makes a text of more than ${LONGEST_TEXT.toLocaleString('en-US')} characters`);
    this.work += 1 + Math.floor(characters / CHARACTERS_PER_STEP + items / ITEMS_PER_STEP);
    if (this.iterated.has(node)) this.work += items * STEPS_PER_ITERATION;
    if (this.work > MOST_WORK)
      throw badTemplate(
        `does not end within ${MOST_WORK.toLocaleString('en-US')} steps for one conversation`,
      );
    return value;
  }
}

function boundedRange(first: number, stop?: number, step = 1): number[] {
  const [from, to] = stop === undefined ? [0, first] : [first, stop];
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= LONGEST_RANGE)) throw badTemplate(`counts ${length} times`);
  return Array.from({ length }, (_, i) => from + i * step);
}

/** Every global but the date: the same rows must give the same text on any day. */
const GLOBALS: Readonly<Record<string, unknown>> = {
  ...{ true: true, false: false, none: null, True: true, False: false, None: null },
  range: boundedRange,
  raise_exception: (words: unknown) => {
    throw new Refusal(String(words));
  },
};

/** Stack overflows too: nesting that deep is no template. */
function asBadTemplate(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof RangeError) return badTemplate('is nested too deeply');
  return badTemplate(`cannot be used: ${error instanceof Error ? error.message : String(error)}`);
}

/** With `trim_blocks` and `lstrip_blocks`, as transformers sets Jinja up. @throws bad-chat-template */
export function compileTemplate(source: string): BoundedTemplate {
  if (source.length > LONGEST_TEMPLATE) {
    throw badTemplate(
      `has ${source.length.toLocaleString('en-US')} characters; at most ${LONGEST_TEMPLATE.toLocaleString('en-US')} are read`,
    );
  }
  const compile = () => {
    try {
      return parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    } catch (error) {
      throw asBadTemplate(error);
    }
  };
  const program = compile();
  return {
    render: (variables) => {
      const scope = new Environment();
      for (const [name, value] of Object.entries({ ...GLOBALS, ...variables })) scope.set(name, value);
      try {
        return String(new BoundedInterpreter(scope).run(program).value);
      } catch (error) {
        if (!(error instanceof Refusal)) throw asBadTemplate(error);
        throw new EngineError({
          code: 'template-refused',
          message: `The chat template refuses the conversation: ${error.message}`,
          hint: 'Change the row, or the template.',
        });
      }
    },
  };
}
