/** The settings of one way, its own first, then those of its training: the few that matter, the rest on request. */
import { Button } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import type { ArmSpec } from '../../engine/arms/spec';
import { defaultsOf, type Field, type SettingValue } from '../../engine/core/fields';
import { armFields, resetArmSetting, setArmSetting } from '../../state/commands/studySetup';
import { setExpertView, usePreferences } from '../../state/preferences';
import type { SettingGroup } from '../../state/project';
import { useStudySetup } from '../../state/studySetup';
import { SettingsForm } from '../fields/SettingsForm';

interface ArmSettingsProps {
  armKey: string;
  spec: ArmSpec;
  layers: number;
}

const GROUPS: readonly SettingGroup[] = ['method', 'training'];

export function ArmSettings({ armKey, spec, layers }: ArmSettingsProps) {
  const expert = usePreferences((preferences) => preferences.expertView);
  const changed = {
    method: useStudySetup(({ settings }) => settings[armKey]),
    training: useStudySetup(({ training }) => training[armKey]),
  };
  const groups = GROUPS.map((id) => {
    // How long a text may be holds for the whole study: all are asked about the same texts.
    const fields = armFields(spec.id, id).filter(({ key }) => key !== 'maxLength');
    return { id, fields, values: { ...defaultsOf(fields), ...changed[id] } };
  });
  const ofLevel = (level: Field['level']) =>
    groups.map(({ id, fields, values }) => ({
      id,
      values,
      fields: fields.filter((field) => field.level === level),
      onChange: (name: string, value: SettingValue) => setArmSetting(armKey, spec.id, id, name, value),
      onReset: (name: string) => resetArmSetting(armKey, id, name),
    }));
  const hasExpert = groups.some(({ fields }) => fields.some(({ level }) => level === 'expert'));
  return (
    <>
      <SettingsForm groups={ofLevel('simple')} layers={layers} />
      {hasExpert && (
        <div>
          <Button
            variant="default"
            size="xs"
            aria-expanded={expert}
            leftSection={<IconAdjustments size={15} aria-hidden />}
            onClick={() => setExpertView(!expert)}
          >
            {expert ? 'Fewer settings' : 'More settings'}
          </Button>
        </div>
      )}
      {hasExpert && expert && <SettingsForm groups={ofLevel('expert')} layers={layers} />}
    </>
  );
}
