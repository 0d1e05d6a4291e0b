/** The ways in the groups in which people think of them. Pure. */
import type { SetupArm } from '../../state/studySetup';

export interface ArmGroup {
  id: 'floor' | 'prompt' | 'tune' | 'tune-and-prompt' | 'elsewhere';
  title: string;
  lead: string;
}

const GROUPS: readonly ArmGroup[] = [
  {
    id: 'floor',
    title: 'Without the model',
    lead: 'Cheap and classic. Whatever does not beat these is not worth its price.',
  },
  {
    id: 'prompt',
    title: 'Prompting',
    lead: 'The model stays as it is and is told what to do, in words or by examples.',
  },
  { id: 'tune', title: 'Fine-tuning', lead: 'Weights move, or are added, until the answers fit your rows.' },
  { id: 'tune-and-prompt', title: 'Both', lead: 'Tuning that starts from the prompt.' },
  {
    id: 'elsewhere',
    title: 'Another model',
    lead: 'Prompted outside this page. Nothing is sent before you agree to it.',
  },
];

function groupOf({ spec }: SetupArm): ArmGroup['id'] {
  return spec.reach === 'tab' ? spec.kind : 'elsewhere';
}

/** Groups without a way are left out. */
export function grouped(arms: readonly SetupArm[]): (ArmGroup & { arms: SetupArm[] })[] {
  return GROUPS.map((group) => ({ ...group, arms: arms.filter((arm) => groupOf(arm) === group.id) })).filter(
    (group) => group.arms.length > 0,
  );
}
