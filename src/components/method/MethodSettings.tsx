/** The settings of the chosen method and of training: the few that matter, and the rest behind one button. */
import { Button, Title } from '@mantine/core';
import { IconAdjustments, IconArrowBackUp } from '@tabler/icons-react';
import { methodSpec, trainingFields } from '../../engine/catalog';
import type { Field, SettingValue } from '../../engine/core/fields';
import { resetSetting, resetSettings, setSetting } from '../../state/commands/settings';
import { setExpertView, usePreferences } from '../../state/preferences';
import { changedSettings, type SettingGroup, settingsOf, useProject } from '../../state/project';
import { plural } from '../common/format';
import { SettingsForm } from '../fields/SettingsForm';
import styles from './method.module.css';

/** The method's own settings first, then training's. */
const GROUPS: readonly SettingGroup[] = ['method', 'training'];

export function MethodSettings({ layers }: { layers: number }) {
  const project = useProject((state) => state);
  const expert = usePreferences((preferences) => preferences.expertView);
  const fields = { method: methodSpec(project.methodId).fields, training: trainingFields(project.methodId) };
  const values = settingsOf(project);
  const changed =
    Object.keys(changedSettings(project, 'method')).length +
    Object.keys(changedSettings(project, 'training')).length;
  const form = (level: Field['level']) => (
    // A new method starts with fresh boxes: what was half-typed belonged to the other one.
    <SettingsForm
      key={`${project.methodId} ${level}`}
      layers={layers}
      groups={GROUPS.map((id) => ({
        id,
        fields: fields[id].filter((field) => field.level === level),
        values: values[id],
        onChange: (key: string, value: SettingValue) => setSetting(id, key, value),
        onReset: (key: string) => resetSetting(id, key),
      }))}
    />
  );
  return (
    <section className={`hone-card ${styles.settings}`} aria-labelledby="settings-title">
      <header className={styles.settingsHead}>
        <Title order={2} size="h3" id="settings-title">
          Settings
        </Title>
        <span className={styles.settingsNote}>
          {changed === 0 ? 'All at good defaults for this method.' : `${plural(changed, 'setting')} changed.`}
        </span>
        {changed > 0 && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconArrowBackUp size={15} aria-hidden />}
            onClick={resetSettings}
          >
            Put all back
          </Button>
        )}
      </header>
      {form('simple')}
      <div>
        <Button
          variant="default"
          size="sm"
          aria-expanded={expert}
          aria-controls="expert-settings"
          leftSection={<IconAdjustments size={16} aria-hidden />}
          onClick={() => setExpertView(!expert)}
        >
          {expert ? 'Fewer settings' : 'More settings'}
        </Button>
      </div>
      <div id="expert-settings" hidden={!expert}>
        {expert && form('expert')}
      </div>
    </section>
  );
}
