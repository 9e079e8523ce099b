/**
 * Token counts in disjoint buckets: a token is in exactly one of them, whatever the provider's own convention is
 * (OpenAI counts cached tokens inside `prompt_tokens`, Anthropic outside `input_tokens`). Cost is a sum over buckets.
 */
export interface Usage {
  /** Uncached text (and image) input. */
  input: number;
  cacheRead: number;
  /** Written to a provider's prompt cache with a life of 5 minutes (or the provider's default). */
  cacheWrite5m: number;
  cacheWrite1h: number;
  /** Visible output, without reasoning. */
  output: number;
  reasoning: number;
  audioInput?: number;
  audioOutput?: number;
  /** Server-side searches, each priced per request. */
  searches?: number;
  /** True when the upstream gave no numbers and these were counted here. */
  estimated?: boolean;
}

export const NO_USAGE: Readonly<Usage> = Object.freeze({
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
});

/** Sum of two usages; estimated if either is. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
  if (a.audioInput || b.audioInput) sum.audioInput = (a.audioInput ?? 0) + (b.audioInput ?? 0);
  if (a.audioOutput || b.audioOutput) sum.audioOutput = (a.audioOutput ?? 0) + (b.audioOutput ?? 0);
  if (a.searches || b.searches) sum.searches = (a.searches ?? 0) + (b.searches ?? 0);
  if (a.estimated || b.estimated) sum.estimated = true;
  return sum;
}

/** Everything that was read by the model, cached or not. */
export function totalInput(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + (usage.audioInput ?? 0);
}

/** Everything that was written by the model, reasoning included. */
export function totalOutput(usage: Usage): number {
  return usage.output + usage.reasoning + (usage.audioOutput ?? 0);
}
