/** The built-in price list: @pydantic/genai-prices, whose data is part of the package and so of the binary. */
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import type { Rates, TokenRates } from "./rates.ts";

/** What the list knows of a model at one moment. */
export interface ListedModel {
  rates: Rates;
  /** Context window in tokens. */
  contextTokens: number | undefined;
  /** True when its prices change with the date or the time of day. */
  varies: boolean;
}

/** The list's name for a provider type; a type that is not here has no public price. */
const LIST_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["openai", "openai"],
  ["azure-openai", "azure"],
  ["anthropic", "anthropic"],
  ["bedrock", "aws"],
  ["vertex", "google"],
  ["gemini", "google"],
  ["groq", "groq"],
  ["mistral", "mistral"],
  ["cohere", "cohere"],
  ["deepseek", "deepseek"],
  ["xai", "x-ai"],
  ["together", "together"],
  ["fireworks", "fireworks"],
  ["openrouter", "openrouter"],
  ["perplexity", "perplexity"],
  ["cerebras", "cerebras"],
]);

/** Takes about 15 µs: the caller keeps the result. Undefined when the list has no such model. */
export function listedModel(providerType: string, model: string, atMs: number): ListedModel | undefined {
  const providerId = LIST_PROVIDERS.get(providerType);
  if (providerId === undefined) return undefined;
  // `models/…` and `publishers/google/models/…` are resource names of the same model.
  const name = providerId === "google" ? model.replace(/^(?:.*\/)?models\//, "") : model;
  try {
    const found = calcPrice({}, name, { providerId, timestamp: new Date(atMs) });
    if (!found) return undefined;
    return {
      rates: ratesOf(found.model_price),
      contextTokens: found.model.context_window,
      varies: Array.isArray(found.model.prices),
    };
  } catch {
    // The list is inconsistent about this model: then no price is known, which is what the callers can handle.
    return undefined;
  }
}

function ratesOf(price: ModelPrice): Rates {
  const starts = Object.values(price).flatMap((value) => (typeof value === "object" ? value.tiers : []));
  const bounds = [-1, ...new Set(starts.map(({ start }) => start))].sort((a, b) => a - b);
  return {
    tiers: bounds.map((aboveInputTokens) => ({ aboveInputTokens, rates: tokenRates(price, aboveInputTokens) })),
    inputPriced: price["input_mtok"] !== undefined,
    outputPriced: price["output_mtok"] !== undefined,
    perRequest: Math.round((nanoAt(price, "requests_kcount", -1) ?? 0) / 1_000),
    perSearch: perSearch(price),
  };
}

/** A kind of token without a price of its own is charged as the kind it is part of. */
function tokenRates(price: ModelPrice, aboveInputTokens: number): TokenRates {
  const rate = (key: string) => nanoAt(price, key, aboveInputTokens);
  const input = rate("input_mtok") ?? 0;
  const output = rate("output_mtok") ?? 0;
  const cacheWrite = rate("cache_write_mtok");
  return {
    input,
    cacheRead: rate("cache_read_mtok") ?? input,
    cacheWrite5m: cacheWrite ?? input,
    // Where the list lacks it (Claude on Bedrock, Vertex and OpenRouter): twice the input price on every platform
    // (platform.claude.com, prompt caching, November 2026).
    cacheWrite1h: rate("cache_write_1h_mtok") ?? (cacheWrite === undefined ? input : Math.max(cacheWrite, 2 * input)),
    output,
    reasoning: rate("output_reasoning_mtok") ?? output,
    audioInput: rate("input_audio_mtok") ?? input,
    audioOutput: rate("output_audio_mtok") ?? output,
  };
}

function perSearch(price: ModelPrice): number | null {
  const perThousand = nanoAt(price, "web_searches_kcount", -1);
  return perThousand === undefined ? null : Math.round(perThousand / 1_000);
}

/** Nano-USD per unit of the list, in the tier that begins above so many input tokens. */
function nanoAt(price: ModelPrice, key: string, aboveInputTokens: number): number | undefined {
  const value = price[key];
  if (value === undefined) return undefined;
  if (typeof value === "number") return Math.round(value * 1e9);
  const tier = value.tiers.filter(({ start }) => start <= aboveInputTokens).sort((a, b) => b.start - a.start)[0];
  return Math.round((tier?.price ?? value.base) * 1e9);
}
