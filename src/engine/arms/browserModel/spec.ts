import { endpointSpec } from '../endpoint/spec';
import type { ArmSpec } from '../spec';

const SHARED: readonly string[] = ['prompt', 'shots', 'rowLimit'];

export const browserModelSpec = {
  id: 'browser-model',
  label: 'Prompt: the browser’s own model',
  line: 'The language model that some browsers bring (Gemini Nano in Chrome, Phi in Edge) answers a prompt. Nothing is sent.',
  kind: 'prompt',
  reach: 'browser',
  fields: endpointSpec.fields.filter(({ key }) => SHARED.includes(key)),
  trains: null,
  learns: true,
} satisfies ArmSpec;
