/** A model as a stack, text at the bottom and answer at the top: what trains is ember, what stays is grey. */
import type { ModelParts, PartState } from '../../engine/tuning/spec';
import styles from './model.module.css';
import { partsText } from './partsText';

const WIDTH = 120;
const HEIGHT = 104;
const GAP = 3;
const HEAD = 11;
const WORDS = 14;

export function ModelPicture({ parts }: { parts: ModelParts }) {
  const { layers } = parts;
  const top = HEAD + GAP;
  const room = HEIGHT - top - WORDS - GAP;
  const pitch = room / Math.max(1, layers.length);
  const thickness = Math.max(1.5, pitch - GAP);
  const nearestAnswerFirst = [...layers].reverse();
  return (
    <svg
      className={styles.picture}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${partsText(parts)}.`}
    >
      <Block state={parts.head} x={36} y={0} width={48} height={HEAD} />
      {nearestAnswerFirst.map((state, i) => (
        <Block
          // The picture has no identity beyond position: layer n is always the n-th from the top.
          key={`layer-${layers.length - i}`}
          state={state}
          x={18}
          y={top + i * pitch}
          width={84}
          height={thickness}
        />
      ))}
      <Block state={parts.embeddings} x={18} y={HEIGHT - WORDS} width={84} height={WORDS} dotted />
    </svg>
  );
}

interface BlockProps {
  state: PartState;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Word vectors: one cell per word. */
  dotted?: boolean;
}

function Block({ state, x, y, width, height, dotted = false }: BlockProps) {
  const sliver = 9;
  const cells = 6;
  return (
    <g data-state={state}>
      {dotted ? (
        Array.from({ length: cells }, (_, i) => (
          <rect
            key={x + (i * width) / cells}
            className={styles.body}
            x={x + (i * width) / cells + 0.75}
            y={y}
            width={width / cells - 1.5}
            height={height}
            rx={2}
          />
        ))
      ) : (
        <rect
          className={styles.body}
          x={x}
          y={y}
          width={width}
          height={height}
          rx={Math.min(3, height / 2)}
        />
      )}
      {state === 'partly' && (
        <rect
          className={styles.sliver}
          x={x + ((cells - 1) * width) / cells + 0.75}
          y={y}
          width={width / cells - 1.5}
          height={height}
          rx={2}
        />
      )}
      {state === 'adapted' && (
        <rect className={styles.sliver} x={x + width + 2.5} y={y} width={sliver} height={height} rx={2} />
      )}
    </g>
  );
}
