import type { Usage } from "../canonical/usage.ts";
import { type ListedModel, listedModel } from "./price-list.ts";
import { costOf, dearest, type Rates, type TokenRates } from "./rates.ts";

/** What a price is asked for. `model` is the real model name: for a deployment, that of the model behind it. */
export interface PricedTarget {
  /** Name of the provider in the configuration. */
  provider: string;
  /** Its type (`openai`, `bedrock` …), by which the built-in list is read. */
  type: string;
  model: string;
}

/** An operator's own price, in nano-USD. */
export interface PriceOverride {
  inputPerMillionNanoUsd: number;
  outputPerMillionNanoUsd: number;
  /** Absent: as input. */
  cacheReadPerMillionNanoUsd?: number;
  /** Absent: as input. Cache writes of either life. */
  cacheWritePerMillionNanoUsd?: number;
  /** Absent: as output. */
  reasoningPerMillionNanoUsd?: number;
  perRequestNanoUsd?: number;
}

/** Upper bounds: the dearest rate of every bucket, whatever the size of the input. */
export interface HighestRates extends TokenRates {
  /** Nano-USD a call. */
  perRequest: number;
  /** Nano-USD a server-side search; null when its price is not known. */
  perSearch: number | null;
}

export interface Pricing {
  /** Integer nano-USD, or null when no price is known. `atMs` (epoch): prices change by date and time of day. */
  price(target: PricedTarget, usage: Usage, atMs: number): number | null;
  /** Null when neither input nor output has a known price. */
  rates(target: PricedTarget, atMs: number): HighestRates | null;
  /** Context window in tokens, where the list knows it. */
  contextTokens(target: PricedTarget): number | undefined;
}

/** Models whose prices are kept. Names come from the configuration, but with a wildcard route from clients too. */
const MAX_KEPT_MODELS = 2_000;
/** Prices that vary do so at whole minutes. */
const MINUTE_MS = 60_000;

interface Kept {
  /** Undefined: no price is known. */
  rates: Rates | undefined;
  contextTokens: number | undefined;
  /** The minute for which a varying price was read. */
  minute: number | undefined;
}

/** @param overrides by `provider/model`; they win over the built-in list. */
export function createPricing(overrides: Readonly<Record<string, PriceOverride>>): Pricing {
  const byProvider = new Map<string, Map<string, Kept>>();
  let keptModels = 0;

  const look = ({ provider, type, model }: PricedTarget, atMs: number): Kept => {
    const listed = listedModel(type, model, atMs);
    const override = overrides[`${provider}/${model}`];
    return {
      rates: override ? overriddenRates(override, listed) : listed?.rates,
      contextTokens: listed?.contextTokens,
      minute: listed?.varies && !override ? Math.floor(atMs / MINUTE_MS) : undefined,
    };
  };

  const keptFor = (target: PricedTarget, atMs: number): Kept => {
    const kept = byProvider.get(target.provider)?.get(target.model);
    if (kept && (kept.minute === undefined || kept.minute === Math.floor(atMs / MINUTE_MS))) return kept;
    if (!kept && ++keptModels > MAX_KEPT_MODELS) {
      byProvider.clear();
      keptModels = 1;
    }
    const fresh = look(target, atMs);
    const models = byProvider.get(target.provider) ?? new Map<string, Kept>();
    byProvider.set(target.provider, models.set(target.model, fresh));
    return fresh;
  };

  return {
    price(target, usage, atMs) {
      const { rates } = keptFor(target, atMs);
      return rates ? costOf(rates, usage) : null;
    },
    rates(target, atMs) {
      const { rates } = keptFor(target, atMs);
      if (!rates?.inputPriced && !rates?.outputPriced) return null;
      return { ...dearest(rates), perRequest: rates.perRequest, perSearch: rates.perSearch };
    },
    // The window does not change with time; any moment finds it.
    contextTokens: (target) => keptFor(target, 0).contextTokens,
  };
}

function overriddenRates(price: PriceOverride, listed: ListedModel | undefined): Rates {
  const { inputPerMillionNanoUsd: input, outputPerMillionNanoUsd: output } = price;
  const cacheWrite = price.cacheWritePerMillionNanoUsd ?? input;
  const rates: TokenRates = {
    input,
    cacheRead: price.cacheReadPerMillionNanoUsd ?? input,
    cacheWrite5m: cacheWrite,
    cacheWrite1h: cacheWrite,
    output,
    reasoning: price.reasoningPerMillionNanoUsd ?? output,
    audioInput: input,
    audioOutput: output,
  };
  return {
    tiers: [{ aboveInputTokens: -1, rates }],
    inputPriced: true,
    outputPriced: true,
    perRequest: price.perRequestNanoUsd ?? 0,
    perSearch: listed?.rates.perSearch ?? null,
  };
}
