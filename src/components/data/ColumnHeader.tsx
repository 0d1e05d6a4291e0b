/** A column's name and its role: text, label, or not used; guessed or chosen. */
import { Menu, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { chooseRoles } from '../../state/commands/data';
import { type Project, useProject } from '../../state/project';
import { assigned, type Role } from './assignRole';
import classes from './data.module.css';

export function ColumnHeader({ column }: { column: string }) {
  const roles = useProject((project) => project.roles);
  const chosen = useProject((project) => project.rolesChosen);
  const columns = useProject((project) => project.summary?.columns);
  const guess = useProject((project) => project.summary?.guess);
  const role = roleOf(roles, column);
  const said =
    role === null ? (roles ? 'not used' : 'choose a role') : `${role} · ${chosen ? 'chosen' : 'guessed'}`;
  const reason = role !== null && !chosen ? guess?.reasons[role] : undefined;
  const assign = (wanted: Role): void => {
    const next = assigned(roles, columns ?? [], column, wanted);
    if (next) void chooseRoles(next);
  };
  return (
    <th scope="col" className={classes.headerCell} data-role={role ?? undefined}>
      <span className={classes.columnName} title={column}>
        {column}
      </span>
      <Menu position="bottom-start" width={260} shadow="md">
        <Menu.Target>
          <UnstyledButton
            className={classes.chip}
            data-role={role ?? undefined}
            aria-label={`Role of ${column}: ${said}`}
          >
            {said}
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {reason !== undefined && (
            <Menu.Label>
              <Text size="xs" style={{ whiteSpace: 'normal' }}>
                Guessed: {reason}
              </Text>
            </Menu.Label>
          )}
          <Menu.Item disabled={role === 'text' && chosen} onClick={() => assign('text')}>
            Text to read
          </Menu.Item>
          <Menu.Item disabled={role === 'label' && chosen} onClick={() => assign('label')}>
            Label to learn
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </th>
  );
}

function roleOf(roles: Project['roles'], column: string): Role | null {
  if (roles?.text === column) return 'text';
  return roles?.label === column ? 'label' : null;
}
