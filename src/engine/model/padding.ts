/** What a decoder's stock classifier tells a text's last token by. */

interface EndTokens {
  pad_token_id?: number | null | undefined;
  eos_token_id?: number | readonly number[] | null | undefined;
}

/** The last token is the last that is no padding: a model without a token for padding gets an end token's id. */
export function paddingOf({ pad_token_id: pad, eos_token_id: end }: EndTokens): { pad_token_id: number } {
  return { pad_token_id: pad ?? (typeof end === 'object' ? end?.[0] : end) ?? 0 };
}
