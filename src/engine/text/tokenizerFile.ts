/**
 * tokenizer.json, so worded that JavaScript reads it as Python's `tokenizers` does: whitespace by Unicode, where `\s`
 * has the byte order mark and lacks U+0085; lower case letter by letter, where a last Σ becomes ς; Chinese characters
 * beyond 16 bits; joined emoji in sentencepiece's map. Proof: reference/golden_tokenizers.py.
 */
import { z } from 'zod';

const partSchema = z.looseObject({ type: z.string() });
type Part = z.infer<typeof partSchema>;

/** GPT-2's (github.com/openai/gpt-2, encoder.py), which byte-level files mean by `use_regex`. */
const GPT2_SPLIT = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
/** Of those that the normaliser of BERT in `tokenizers` sets apart. */
const WIDE_CHINESE = String.raw`[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{2F800}-\u{2FA1F}]`;

const replace = (pattern: { String: string } | { Regex: string }, content: string): Part => ({
  ...{ type: 'Replace', pattern, content },
});
const SIGMA = replace({ String: 'Σ' }, 'σ');
const SET_APART = replace({ Regex: WIDE_CHINESE }, ' $& ');
/** The library's rules for sentencepiece's map (`nmt_nfkc`) make a space of the joiner, and none of U+061C. */
const JOINER = '\u200d';
/** No character, now or ever (Unicode, “noncharacters”). */
const STAND_IN = '\ufdd0';
const ARABIC_MARK = '\u061c';

const split = (pattern: string, behavior: string): Part => ({
  ...{ type: 'Split', pattern: { Regex: pattern }, behavior, invert: false },
});

export function asPythonReads(file: Record<string, unknown>): Record<string, unknown> {
  return {
    ...file,
    normalizer: reworded(file.normalizer, 'normalizers', normalizer),
    pre_tokenizer: reworded(file.pre_tokenizer, 'pretokenizers', preTokenizer),
  };
}

/** Every part of a sequence, or the one there is. */
function reworded(raw: unknown, list: string, reword: (part: Part) => readonly Part[]): unknown {
  const part = partSchema.safeParse(raw).data;
  if (!part) return raw;
  const parts = z.array(z.unknown()).safeParse(part[list]).data;
  if (parts) return { ...part, [list]: parts.map((each) => reworded(each, list, reword)) };
  const made = reword(part);
  return made.length === 1 ? made[0] : { type: 'Sequence', [list]: made };
}

function normalizer(part: Part): Part[] {
  if (part.type === 'Lowercase') return [SIGMA, part];
  if (part.type === 'Precompiled') {
    return [
      ...[replace({ String: JOINER }, STAND_IN), replace({ String: ARABIC_MARK }, ' ')],
      ...[part, replace({ String: STAND_IN }, JOINER)],
    ];
  }
  if (part.type !== 'BertNormalizer') return [part];
  return [...(part.lowercase ? [SIGMA] : []), ...(part.handle_chinese_chars ? [SET_APART] : []), part];
}

function preTokenizer(part: Part): Part[] {
  if (part.type === 'WhitespaceSplit') return [split(String.raw`\s+`, 'Removed')];
  // A space put before the text must be put there before it is split.
  const splits = part.type === 'ByteLevel' && part.use_regex !== false && part.add_prefix_space !== true;
  return splits ? [split(GPT2_SPLIT, 'Isolated'), { ...part, use_regex: false }] : [part];
}
