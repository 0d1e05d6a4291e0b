/** The address of a workshop, or why there is none. */
import { type ErrorData, toErrorData } from '../../engine/core/errors';
import type { Workshop } from '../../engine/core/workshop';
import { linkOf } from '../../state/workshopLink';

export function linkFor(workshop: Workshop, page: string): { address: string } | { error: ErrorData } {
  try {
    return { address: linkOf(workshop, page) };
  } catch (error) {
    return { error: toErrorData(error) };
  }
}
