/** `/prompt-or-tune`: the study, or first the workshop that the address holds after '#'. */
import { useMemo } from 'react';
import { useLocationProperty } from 'wouter/use-browser-location';
import { toErrorData } from '../../engine/core/errors';
import { readWorkshop, workshopText } from '../../state/workshopLink';
import { StudyScreen } from '../study/StudyScreen';
import { BadWorkshop, WorkshopOffer } from './WorkshopOffer';

export function StudyRoute() {
  const text = workshopText(useLocationProperty(() => location.hash));
  const link = useMemo(() => text !== null && read(text), [text]);
  if (!link) return <StudyScreen />;
  return 'workshop' in link ? <WorkshopOffer workshop={link.workshop} /> : <BadWorkshop error={link.error} />;
}

function read(text: string) {
  try {
    return { workshop: readWorkshop(text) };
  } catch (error) {
    return { error: toErrorData(error) };
  }
}
