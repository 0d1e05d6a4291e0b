/** Whether the screen is shown to a room: the address says so (`?projector`), so that a reload and a link keep it. */
import { useSearch } from 'wouter';

const SWITCH = 'projector';

export function useProjector(): boolean {
  return new URLSearchParams(useSearch()).has(SWITCH);
}

/** The address of a screen in the projector view. */
export function onProjector(path: string): string {
  return `${path}?${SWITCH}`;
}
