/**
 * What tokens cost at one target, and the arithmetic on it. Everything is an integer: a rate is nano-USD per million
 * tokens, so no price list's decimal is rounded, and a sum is rounded once, at its end, to the nearest nano-USD.
 */
import { totalInput, totalOutput, type Usage } from "../canonical/usage.ts";

/** Nano-USD per million tokens of each bucket of Usage. */
export interface TokenRates {
  input: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  output: number;
  reasoning: number;
  audioInput: number;
  audioOutput: number;
}

export interface Rates {
  /** Ascending by `aboveInputTokens`, the first at -1. The last whose bound the whole input exceeds prices the whole call. */
  tiers: readonly { aboveInputTokens: number; rates: TokenRates }[];
  /** False: no price is known for what the model reads or writes, so a call that does has no known cost. */
  inputPriced: boolean;
  outputPriced: boolean;
  /** Nano-USD a call. */
  perRequest: number;
  /** Nano-USD a server-side search; null when its price is not known. */
  perSearch: number | null;
}

const PER_TOKENS = 1_000_000;

/** Integer nano-USD; null when something was used whose price is not known. */
export function costOf(rates: Rates, usage: Usage): number | null {
  const input = totalInput(usage);
  if ((!rates.inputPriced && input > 0) || (!rates.outputPriced && totalOutput(usage) > 0)) return null;
  const searches = usage.searches ?? 0;
  if (searches > 0 && rates.perSearch === null) return null;

  const rate = tierFor(rates, input);
  let nanoUsd = rates.perRequest + searches * (rates.perSearch ?? 0);
  let millionths = 0;
  // A product of tokens and a rate may pass 2^53; its quotient and its remainder do not.
  const add = (tokens: number, perMillion: number) => {
    const rest = perMillion % PER_TOKENS;
    nanoUsd += tokens * ((perMillion - rest) / PER_TOKENS);
    millionths += tokens * rest;
  };
  add(usage.input, rate.input);
  add(usage.cacheRead, rate.cacheRead);
  add(usage.cacheWrite5m, rate.cacheWrite5m);
  add(usage.cacheWrite1h, rate.cacheWrite1h);
  add(usage.output, rate.output);
  add(usage.reasoning, rate.reasoning);
  if (usage.audioInput) add(usage.audioInput, rate.audioInput);
  if (usage.audioOutput) add(usage.audioOutput, rate.audioOutput);
  return nanoUsd + Math.round(millionths / PER_TOKENS);
}

/** The highest rate of each bucket over all tiers: for upper bounds of what a call may cost. */
export function dearest({ tiers }: Rates): TokenRates {
  const [first, ...others] = tiers.map(({ rates }) => rates);
  const highest = { ...first! };
  for (const rates of others) {
    for (const bucket of Object.keys(highest) as (keyof TokenRates)[]) {
      highest[bucket] = Math.max(highest[bucket], rates[bucket]);
    }
  }
  return highest;
}

function tierFor({ tiers }: Rates, inputTokens: number): TokenRates {
  let found = tiers[0]!;
  for (const tier of tiers) if (inputTokens > tier.aboveInputTokens) found = tier;
  return found.rates;
}
