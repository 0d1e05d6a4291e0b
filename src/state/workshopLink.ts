/** Between the choices on the page and a workshop's link, both ways. Nothing here changes anything. */
import { ARMS } from '../engine/arms/specs';
import { METHODS, trainingFields } from '../engine/catalog';
import { type Field, settingsSchema } from '../engine/core/fields';
import type { ArmChoice } from '../engine/core/study';
import { badWorkshop, decodeWorkshop, encodeWorkshop, type Workshop } from '../engine/core/workshop';
import type { Project } from './project';
import { armName, SHARED_FIELDS, type StudySetup, studyConfigOf, USUAL_CURVE, without } from './studySetup';

const MARK = '#workshop=';

/** What the maker of a link says about it beyond the choices on the page. */
export type WorkshopDraft = Pick<Workshop, 'title' | 'source' | 'show'>;

/** The study as chosen now, for a room; null while the data, the model or the ways are missing. */
export function workshopOf(
  project: Project,
  setup: StudySetup,
  draft: WorkshopDraft,
  /** Label descriptions that come with the sample, which a link need not repeat. */
  usual: Readonly<Record<string, string>>,
): Workshop | null {
  const config = studyConfigOf(project, setup);
  if (!config) return null;
  const { roles, fixes, split, limit, perClass } = config.data;
  const { arms, reference, training, curve, descriptions, examples, pricePerMillion, situation } = config;
  const asUsual = draft.source.kind === 'sample' && JSON.stringify(descriptions) === JSON.stringify(usual);
  return {
    version: 1,
    ...draft,
    ...{ roles, options: project.importChanges, fixes, split, limit, perClass },
    ...{ arms, reference, training, curve, examples, pricePerMillion, situation },
    ...(asUsual ? {} : { descriptions }),
  };
}

/** @param page the address of the study screen. @throws bad-workshop when there is too much for a link */
export function linkOf(workshop: Workshop, page: string): string {
  return new URL(MARK + encodeWorkshop(workshop), page).href;
}

/** What stands in an address after '#', when it is a workshop; null when it is none. */
export function workshopText(hash: string): string | null {
  return hash.startsWith(MARK) ? hash.slice(MARK.length) : null;
}

/** Reads a link's text and makes sure that this Hone can do what it says. @throws bad-workshop */
export function readWorkshop(text: string): Workshop {
  const workshop = decodeWorkshop(text);
  const keys = workshop.arms.map(({ key }) => key);
  if (new Set(keys).size < keys.length) throw badWorkshop('two of its ways have one key');
  for (const choice of workshop.arms) checkArm(choice, workshop.training);
  for (const key of [workshop.reference, ...(workshop.curve?.arms ?? [])]) {
    if (!keys.includes(key)) throw badWorkshop(`it speaks of a way “${key}” that is not among its ways`);
  }
  return workshop;
}

function checkArm(choice: ArmChoice, general: Workshop['training']): void {
  const { key, arm, settings, training } = choice;
  const spec = ARMS.find(({ id }) => id === arm);
  if (!spec) throw badWorkshop(`it has a way “${arm}” that this Hone does not know`);
  if (key !== arm && ARMS.some(({ id }) => id === key)) {
    throw badWorkshop(`a way “${arm}” goes by the name of another, “${key}”`);
  }
  check(spec.fields, settings, choice);
  // Ways that do not train read texts of the same length.
  const method = spec.trains?.method ?? METHODS[0]?.id ?? '';
  check(trainingFields(method), { ...general, ...training }, choice);
}

function check(fields: readonly Field[], values: ArmChoice['settings'], choice: ArmChoice): void {
  const parsed = settingsSchema(fields).safeParse(values);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw badWorkshop(
    `a setting of ${armName(choice)}, ${issue?.path.join('.') || 'which it does not have'}: ${issue?.message}`,
  );
}

/** The choices that a workshop makes in place of the user's. */
export function setupOf({ arms, reference, training, curve, ...rest }: Workshop): StudySetup {
  const { examples, pricePerMillion, situation } = rest;
  const general = without(training, SHARED_FIELDS);
  const byKey = (values: (choice: ArmChoice) => ArmChoice['settings']): StudySetup['settings'] =>
    Object.fromEntries(
      arms.map((choice) => [choice.key, { ...values(choice) } as StudySetup['settings'][string]]),
    );
  const trains = (arm: string): boolean => ARMS.some((spec) => spec.id === arm && spec.trains !== null);
  return {
    on: arms.map(({ key }) => key),
    copies: arms.filter(({ key, arm }) => key !== arm).map(({ key, arm }) => ({ key, arm })),
    settings: byKey(({ settings }) => settings),
    training: byKey((choice) => (trains(choice.arm) ? { ...general, ...choice.training } : {})),
    reference,
    curve: curve ? { on: true, ...curve } : USUAL_CURVE,
    ...{ examples, pricePerMillion, situation },
  };
}
