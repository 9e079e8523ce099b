/**
 * The most output tokens a model takes as a cap, from the providers' model pages (November 2026). Asking for more is a
 * 400 there. Read only for budgeted calls whose client set no cap: those have to be given one.
 */
const LIMITS: readonly (readonly [pattern: RegExp, tokens: number])[] = [
  [/gpt-5.*chat/, 16_384],
  [/gpt-5|gpt-oss|codex/, 128_000],
  [/(?:^|\/)o[1-9](?:-|$)/, 100_000],
  [/gpt-4\.1/, 32_768],
  [/gpt-4\.5|gpt-4o-mini|gpt-4o(?!-2024-05-13)/, 16_384],
  [/gpt-4-32k|gpt-4(?:-0613|-0314)?$/, 4_096],
  [/gpt-4|gpt-3\.5/, 4_096],
  [/claude-(?:opus|sonnet|haiku)-(?:4-[5-9]|[5-9])/, 64_000],
  [/claude-sonnet-4|claude-3-7/, 64_000],
  [/claude-opus-4/, 32_000],
  [/claude-3-5/, 8_192],
  [/claude-(?:3|2|instant)/, 4_096],
  [/gemini-(?:2\.5|[3-9])/, 65_535],
  [/gemini|gemma/, 8_192],
  [/deepseek.*(?:reason|r1)/, 32_768],
];

/** For models not listed: small enough for servers of small models, long enough for most answers. */
const UNLISTED_TOKENS = 8_192;

export function maxOutputTokens(model: string): number {
  for (const [pattern, tokens] of LIMITS) if (pattern.test(model)) return tokens;
  return UNLISTED_TOKENS;
}
