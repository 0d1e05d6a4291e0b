/** The layer picker's arithmetic: keys to counts, counts to words. */

/** The count a key asks for, or null for keys that mean nothing here. Up and right mean more, as on any slider. */
export function layersFromKey(key: string, moving: number, layers: number): number | null {
  const clamp = (count: number): number => Math.min(layers, Math.max(1, count));
  switch (key) {
    case 'ArrowUp':
    case 'ArrowRight':
      return clamp(moving + 1);
    case 'ArrowDown':
    case 'ArrowLeft':
      return clamp(moving - 1);
    case 'PageUp':
      return clamp(moving + 3);
    case 'PageDown':
      return clamp(moving - 3);
    case 'Home':
      return 1;
    case 'End':
      return layers;
    default:
      return null;
  }
}

/** '2 of 6 layers move: 5 and 6' */
export function layersText(moving: number, layers: number): string {
  if (moving >= layers) return `all ${layers} layers move`;
  if (moving === 1) return `1 of ${layers} layers moves: layer ${layers}`;
  const first = layers - moving + 1;
  return `${moving} of ${layers} layers move: ${first}${moving === 2 ? ' and ' : ' to '}${layers}`;
}
