/** How many layers move, picked on a picture of the model: click or drag a layer, or use the arrow keys. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { LayersField } from '../../engine/core/fields';
import { FieldRow } from './FieldRow';
import { fieldError, isChanged } from './fieldError';
import styles from './fields.module.css';
import { layersFromKey, layersText } from './layerSteps';
import type { ControlProps } from './NumberControl';

interface LayersControlProps extends ControlProps<LayersField, number> {
  layers: number;
}

export function LayersControl({ field, value, layers, onChange, onReset }: LayersControlProps) {
  const stack = useRef<HTMLDivElement>(null);
  const moving = Math.min(value, layers);

  const keyDown = (event: KeyboardEvent): void => {
    const next = layersFromKey(event.key, moving, layers);
    if (next === null) return;
    event.preventDefault();
    if (next !== moving) onChange(next);
  };
  /** The layer under the pointer becomes the lowest one that moves. */
  const pick = (event: PointerEvent): void => {
    const box = stack.current?.getBoundingClientRect();
    if (!box || box.height === 0) return;
    const fromTop = Math.floor(((event.clientY - box.top) / box.height) * layers);
    const next = Math.min(layers, Math.max(1, fromTop + 1));
    if (next !== moving) onChange(next);
  };
  return (
    <FieldRow
      field={field}
      changed={isChanged(field, value)}
      error={fieldError(field, value)}
      onReset={onReset}
      labelsControl={false}
    >
      {(ids) => (
        <div className={styles.layers}>
          <div className={styles.layersEnd} data-state="trained">
            <span>Classifier</span>
            <span>moves</span>
          </div>
          <div
            ref={stack}
            className={styles.layersStack}
            role="slider"
            tabIndex={0}
            aria-orientation="vertical"
            aria-labelledby={ids.label}
            aria-describedby={ids.described}
            aria-valuemin={1}
            aria-valuemax={layers}
            aria-valuenow={moving}
            aria-valuetext={layersText(moving, layers)}
            onKeyDown={keyDown}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              pick(event);
            }}
            onPointerMove={(event) => {
              if (event.currentTarget.hasPointerCapture(event.pointerId)) pick(event);
            }}
          >
            {Array.from({ length: layers }, (_, fromTop) => {
              const state = fromTop < moving ? 'trained' : 'frozen';
              return (
                <div
                  key={layers - fromTop}
                  className={styles.layer}
                  data-state={state}
                  data-edge={fromTop === moving - 1 || undefined}
                >
                  <span>Layer {layers - fromTop}</span>
                  <span>{state === 'trained' ? 'moves' : 'stays'}</span>
                </div>
              );
            })}
          </div>
          <div className={styles.layersEnd} data-state="frozen">
            <span>Word vectors</span>
            <span>stay</span>
          </div>
        </div>
      )}
    </FieldRow>
  );
}
