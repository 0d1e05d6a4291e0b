/** What a catalogue entry says about a model, in words. Pure. */
import type { ModelEntry } from '../../workers/protocol';
import { plural } from '../common/format';

type Quality = ModelEntry['quality'][number];

const NAMES = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

/** 'English, German' from language codes; what is no code stays as it is. */
export function languagesText(codes: readonly string[]): string {
  const names = codes.map((code) => {
    try {
      return NAMES.of(code) ?? code;
    } catch {
      return code;
    }
  });
  return names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}

/** '79.3 % ± 1.3'; entries may give shares of one or percentages. */
export function qualityValue({ mean, sd }: Quality): string {
  const scale = mean <= 1 ? 100 : 1;
  return `${(mean * scale).toFixed(1)} % ± ${(sd * scale).toFixed(1)}`;
}

/** '8 rows per class, 5 draws' */
export function qualityBasis({ shots, draws }: Quality): string {
  const count = Number(shots);
  const rows = Number.isInteger(count) && shots.trim() !== '' ? `${plural(count, 'row')} per class` : shots;
  return `${rows}, ${plural(draws, 'draw')}`;
}
