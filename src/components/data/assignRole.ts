import type { ColumnRoles } from '../../engine/core/config';

export type Role = keyof ColumnRoles;

/** Gives a column a role; the column that had it takes the other one's place when the two swap. */
export function assigned(
  roles: ColumnRoles | null,
  columns: readonly string[],
  column: string,
  wanted: Role,
): ColumnRoles | null {
  const other: Role = wanted === 'text' ? 'label' : 'text';
  const held = roles?.[other] === column ? roles[wanted] : roles?.[other];
  const rest = held ?? columns.find((candidate) => candidate !== column);
  if (rest === undefined) return null;
  return wanted === 'text' ? { text: column, label: rest } : { text: rest, label: column };
}
