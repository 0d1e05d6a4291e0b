/** What arms say of how much the model reads. */
import type { EncodedText } from '../text/tokenizer';

/** Mean tokens of some texts as the model reads them, specials included; 0 without texts. */
export function meanTokens(texts: readonly EncodedText[]): number {
  return texts.reduce((sum, { ids }) => sum + ids.length, 0) / Math.max(1, texts.length);
}
