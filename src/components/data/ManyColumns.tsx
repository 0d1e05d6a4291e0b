/** Roles for a file with more columns than the table can show. */
import { Group, Select, Text } from '@mantine/core';
import { chooseRoles } from '../../state/commands/data';
import { useProject } from '../../state/project';
import { count } from '../common/format';
import { assigned } from './assignRole';

export function ManyColumns({ columns }: { columns: readonly string[] }) {
  const roles = useProject((project) => project.roles);
  const select = (role: 'text' | 'label', label: string) => (
    <Select
      size="sm"
      searchable
      limit={50}
      label={label}
      data={[...columns]}
      value={roles?.[role] ?? null}
      nothingFoundMessage="No column has this name"
      onChange={(column) => {
        const next = column === null ? null : assigned(roles, columns, column, role);
        if (next) void chooseRoles(next);
      }}
    />
  );
  return (
    <Group gap="sm" mb="sm" align="flex-end">
      {select('text', 'Text column')}
      {select('label', 'Label column')}
      <Text size="sm" c="dimmed">
        The file has {count(columns.length)} columns; the table shows the first few.
      </Text>
    </Group>
  );
}
