/** Numbers as people read them, on the page and in files: three significant figures, units spelled once. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A count: 10,003. Counts are exact and never rounded. */
export function count(value: number): string {
  return whole.format(value);
}

/** A measurement in three significant figures: 0.132, 41.5, 1,230. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value !== 0 && Math.abs(value) < 1e-3) return small(value);
  return Math.abs(value) >= 1000 ? whole.format(Number(value.toPrecision(3))) : three.format(value);
}

/** Powers of ten as people write them: 2×10⁻⁵. */
function small(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(1).split('e-');
  const raised = [...exponent].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return `${mantissa.replace(/\.0$/, '')}×10⁻${raised}`;
}

/** A share of one as a percentage with one decimal: 0.9167 → 91.7 %. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A difference of two shares in percentage points, signed: +12.5 points. */
export function points(difference: number): string {
  const value = difference * 100;
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  return `${sign}${Math.abs(value).toFixed(1)} points`;
}

/** 'row' and 'rows' with their count: 1 row, 612 rows. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Parameters and the like: 742 thousand, 22.7 million. */
export function magnitude(value: number): string {
  if (value >= 1e9) return `${figure(value / 1e9)} billion`;
  if (value >= 1e6) return `${figure(value / 1e6)} million`;
  if (value >= 1e4) return `${figure(value / 1e3)} thousand`;
  return count(value);
}

/** Decimal units, as operating systems show them now: 23.4 MB. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  if (unit === 0 && value === 1) return '1 byte';
  return `${unit === 0 ? count(amount) : figure(amount)} ${units[unit]}`;
}

/** A span of time at the precision a person needs: 8 s, 3 min 20 s, 1 h 05 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'unknown';
  if (seconds < 1) return 'under 1 s';
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** An estimate of time: '~40 s'; coarse on purpose. */
export function about(seconds: number): string {
  if (seconds < 10) return `~${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90) return `~${Math.round(seconds / 5) * 5} s`;
  if (seconds < 3600) return `~${Math.round(seconds / 60)} min`;
  return `~${figure(seconds / 3600)} h`;
}

/** A p-value as papers write it: p < 0.001, p = 0.031. */
export function pValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** '13 Apr 2026, 14:25' in the reader's own time zone. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** Rounded the way people say it: 213 → 210, 1,873 → 1,900. */
export function aboutRows(n: number): string {
  const unit = 10 ** Math.max(1, Math.floor(Math.log10(Math.max(n, 1))) - 1);
  return count(Math.ceil(n / unit) * unit);
}
