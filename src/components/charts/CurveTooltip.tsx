/** What the curves say at the step under the pointer or the keyboard's cursor. */

import { CurveSample } from './CurveLegend';
import styles from './charts.module.css';
import type { Curve } from './curveData';

interface CurveTooltipProps {
  curves: readonly Curve[];
  formatY: (value: number) => string;
  /** Given by Recharts. */
  active?: boolean;
  label?: string | number;
  payload?: readonly { dataKey?: unknown; value?: unknown }[];
}

export function CurveTooltip({ curves, formatY, active, label, payload }: CurveTooltipProps) {
  if (!active || !payload || payload.length === 0) return null;
  return (
    <div className={styles.tooltip}>
      <strong>Step {Number(label).toLocaleString('en')}</strong>
      {curves.map((curve) => {
        const value = payload.find((entry) => entry.dataKey === curve.key)?.value;
        if (typeof value !== 'number') return null;
        return (
          <span key={curve.key} className={styles.tooltipLine}>
            <CurveSample curve={curve} />
            {curve.label}
            <b>{formatY(value)}</b>
          </span>
        );
      })}
    </div>
  );
}
