/** Which line is which: a sample drawn as on the chart, dash and ring included, and its name. */

import styles from './charts.module.css';
import type { Curve } from './curveData';

export function CurveLegend({ curves }: { curves: readonly Curve[] }) {
  return (
    <ul className={styles.legend}>
      {curves.map((curve) => (
        <li key={curve.key}>
          <CurveSample curve={curve} />
          {curve.label}
        </li>
      ))}
    </ul>
  );
}

export function CurveSample({ curve }: { curve: Curve }) {
  const faint = curve.look === 'faint';
  return (
    <svg width="26" height="10" aria-hidden className={styles.sample}>
      <line
        x1="1"
        y1="5"
        x2="25"
        y2="5"
        stroke={curve.colour}
        strokeWidth={faint ? 1 : 2}
        strokeOpacity={faint ? 0.45 : 1}
        {...(curve.look === 'points' ? { strokeDasharray: '6 4' } : {})}
      />
      {curve.look === 'points' && (
        <circle cx="13" cy="5" r="3.5" fill="var(--hone-surface)" stroke={curve.colour} strokeWidth="2" />
      )}
    </svg>
  );
}
