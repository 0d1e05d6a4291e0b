import { describe, expect, it } from 'vitest';
import { compileTemplate } from './boundedTemplate';
import { templateOf } from './chatTemplate';

const render = (source: string, variables: Record<string, unknown> = {}): string =>
  compileTemplate(source).render(variables);

describe('a template that means harm, or is broken, ends in an error that says so', () => {
  it.each([
    ['too long', 'x'.repeat(40_000), /40,000 characters; at most 32,000/],
    [
      'a loop of loops',
      '{% for a in range(999) %}{% for b in range(999) %}x{% endfor %}{% endfor %}',
      /300,000 steps/,
    ],
    [
      'loops without a body',
      '{% set l = range(999) %}{% for a in l %}{% for b in l if b %}{% endfor %}{% endfor %}',
      /300,000 steps/,
    ],
    ['a huge range', '{% for a in range(10 ** 10) %}x{% endfor %}', /cannot be used|counts/],
    ['a range that counts up', '{% for a in range(1000000000) %}x{% endfor %}', /counts 1000000000 times/],
    ['a range of infinity', '{% for a in range(0, 5, 0) %}x{% endfor %}', /counts/],
    ['doubling', `{% set x = 'ab' %}${'{% set x = x ~ x %}'.repeat(40)}{{ x }}`, /4,000,000 characters/],
    [
      'a macro that calls itself',
      '{% macro f(g) %}{{ g(g) }}{% endmacro %}{{ f(f) }}',
      /nested too deeply|steps/,
    ],
    ['deep brackets', `{{ ${'('.repeat(9000)}1${')'.repeat(9000)} }}`, /nested too deeply/],
    ['a syntax error', '{% for %}', /cannot be used/],
    ['an unclosed block', '{% if true %}', /cannot be used/],
    ['the date, which would change the text from day to day', '{{ strftime_now("%d") }}', /cannot be used/],
    ['a prototype', '{{ messages.constructor.constructor("return 1")() }}', /cannot be used/],
  ])('%s', (_, source, says) => {
    const started = performance.now();
    expect(() => render(source, { messages: [] })).toThrow(says);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('a refusal in the template’s own words is told apart', () => {
    const act = () => render('{{ raise_exception("No system role") }}');
    expect(act).toThrow(expect.objectContaining({ code: 'template-refused' }));
    expect(act).toThrow(/No system role/);
  });
});

it('renders text as it stands: no markup is made or escaped', () => {
  expect(render('{{ x }}', { x: '<script>alert(1)</script> & {{ y }}' })).toBe(
    '<script>alert(1)</script> & {{ y }}',
  );
});

it('the state of one rendering does not reach the next', () => {
  const template = compileTemplate('{% set ns = namespace(n=0) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}{{ y }}');
  expect([template.render({ y: 'a' }), template.render({})]).toEqual(['1a', '1']);
});

describe('the template in tokenizer_config.json', () => {
  it.each([
    [{}, null],
    [{ chat_template: null }, null],
    [{ chat_template: 'a' }, 'a'],
    [
      {
        chat_template: [
          { name: 'tool_use', template: 't' },
          { name: 'default', template: 'd' },
        ],
      },
      'd',
    ],
    [{ chat_template: [{ name: 'rag', template: 'r' }, 7, null] }, 'r'],
  ])('%j', (config, template) => {
    expect(templateOf(config)).toBe(template);
  });

  it('refuses anything else', () => {
    expect(() => templateOf({ chat_template: { default: 'x' } })).toThrow(/neither a text nor a list/);
    expect(() => templateOf({ chat_template: [] })).toThrow(/neither a text nor a list/);
  });
});
