import type { Settings } from '../../core/fields';
import type { MethodSpec } from '../../tuning/spec';
import type { ArmSpec } from '../spec';

/** A tuning method as an arm, with its own fields. */
export function methodArmSpec(method: MethodSpec): ArmSpec {
  return {
    id: method.id,
    label: method.label,
    line: method.line,
    kind: 'tune',
    reach: 'tab',
    fields: method.fields,
    trains: { method: method.id, training: {} },
    learns: true,
  };
}

/** A tuning method that starts from the prompt: one more arm, which shares the method's fields. */
export function presetArmSpec(
  method: MethodSpec,
  own: Pick<ArmSpec, 'id' | 'label' | 'line' | 'kind'> & { training: Settings },
): ArmSpec {
  const { training, ...words } = own;
  return { ...methodArmSpec(method), ...words, trains: { method: method.id, training } };
}
