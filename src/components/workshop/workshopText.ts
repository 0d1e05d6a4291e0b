/** What a workshop is, in words: for who is about to open it, and for who made the link. */
import { armSpec } from '../../engine/arms/specs';
import type { Workshop } from '../../engine/core/workshop';
import { armName } from '../../state/studySetup';
import { bytes, count, plural } from '../common/format';

export function titleOf({ title }: Pick<Workshop, 'title'>): string {
  return title === '' ? 'Workshop' : title;
}

export function waysText({ arms }: Workshop): string {
  return `${plural(arms.length, 'way')}: ${arms.map(armName).join(', ')}.`;
}

/** @param sample the name of the sample, where there is one */
export function dataText(workshop: Workshop, sample: string | undefined): string {
  const { source, limit, perClass } = workshop;
  const what =
    source.kind === 'sample'
      ? `The sample “${sample ?? source.id}”, which comes with Hone`
      : `The file at ${source.url}`;
  const some = [
    limit === undefined ? [] : `a drawn sample of ${count(limit)} rows`,
    perClass === undefined ? [] : `at most ${count(perClass)} rows of each label to learn from`,
  ].flat();
  return `${[what, ...some].join('; ')}.`;
}

/**
 * What opening it asks of which computer.
 * @param home where this page comes from
 * @param model size of the model in bytes; undefined while unknown
 */
export function reachText({ source }: Workshop, home: string, model: number | undefined): string {
  const own = `From ${home}, where this page came from: the model${model === undefined ? '' : `, ${bytes(model)}`}, when it is not here yet`;
  if (source.kind === 'sample') return `${own}, and the sample. Nothing from anywhere else.`;
  const { host } = new URL(source.url);
  const fixed = source.hash
    ? 'The link fixes what the file must be: another one is refused.'
    : 'The link does not fix what the file must be: you get what stands there today.';
  return `${own}. And your browser asks ${host} for the file, once. As with any page you open, it sees your network address and the time; no cookie and nothing of yours goes with it. ${fixed}`;
}

/** The ways that send rows elsewhere; empty when none does. */
export function sendingText({ arms }: Workshop): string {
  const sending = arms.filter(({ arm }) => armSpec(arm).reach === 'network');
  if (sending.length === 0) return '';
  const names = sending.map(
    (choice) => `${armName(choice)} (${choice.settings.address ?? 'an address of your own'})`,
  );
  return `${names.join(', ')} can send test rows to another computer. Before that, you are asked again.`;
}

const PARTS: readonly { part: keyof Workshop['show']; words: string }[] = [
  { part: 'setup', words: 'the ways and their settings' },
  { part: 'prompts', words: 'the descriptions and examples in the prompts' },
  { part: 'questions', words: 'the questions behind the advice, and the price' },
  { part: 'journey', words: 'the other screens' },
];

export function shownText({ show }: Workshop): string {
  const shown = PARTS.filter(({ part }) => show[part]).map(({ words }) => words);
  return shown.length === 0 ? 'Nothing; one button starts it.' : `${shown.join('; ')}.`;
}
