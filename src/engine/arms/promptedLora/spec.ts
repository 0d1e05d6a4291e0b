import { loraSpec } from '../../tuning/lora/spec';
import { presetArmSpec } from '../method/spec';

export const promptedLoraSpec = presetArmSpec(loraSpec, {
  id: 'lora-prompted',
  label: 'Prompt and LoRA together',
  line: 'The label descriptions are where the classifier starts; a LoRA adapter and the rows take it from there.',
  kind: 'tune-and-prompt',
  training: { headStart: 'descriptions' },
});
