/** The most an attempt may cost: what a budget has to hold before it is sent. */
import type { Call } from "../canonical/call.ts";
import type { JsonObject } from "../canonical/chat.ts";
import { tokensAtMost } from "../canonical/text-bound.ts";
import { inputBound } from "./input-bound.ts";
import { maxOutputTokens } from "./output-limits.ts";
import type { HighestRates } from "./pricing.ts";
import { serverTools } from "./server-tools.ts";

export interface Bound {
  /** Integer nano-USD that no output cap can lower. */
  fixedNanoUsd: number;
  /** Nano-USD per million output tokens, all choices together. */
  perMillionNanoUsd: number;
  /** Output tokens of one choice at most: the client's cap, where it set one. */
  maxOutputTokens: number;
}

const PER_TOKENS = 1_000_000;
/** OpenAI's priority tier and Anthropic's fast mode (both as of November 2026), over the list's prices. */
const PRIORITY_FACTOR = 2;
const FAST_FACTOR = 6;
const CACHE_MARKER = new TextEncoder().encode("cache_control");

export interface BoundOptions {
  /** Output cap of an earlier gate. */
  cap: number | undefined;
  contextTokens: number | undefined;
  /** The model's name at the provider. */
  model: string;
}

/** Tokens of the largest image of OpenAI's models, and some more. */
const IMAGE_TOKENS = 8_192;

/** @throws GatewayError("invalid_request") where a server-side tool has no bound. */
export function upperBound(call: Call, rates: HighestRates, { cap, contextTokens, model }: BoundOptions): Bound {
  const { json, facts, bytes } = call.body;
  const factor = surcharge(json);
  const { searches } = serverTools(call, rates.perSearch !== null);
  // What a search finds is read like input, at most a window full each time the model goes on.
  const windows = searches > 0 ? searches + 1 : 0;
  const once = inputBound(call, contextTokens);
  const input = windows > 0 ? Math.max(once, contextTokens ?? once) * windows : once;
  const inputRate = inputRateOf(rates, bytes, json);
  const outputRate = outputRateOf(rates, json);
  const prediction = json["prediction"];
  const predicted = prediction == null ? 0 : tokensAtMost(new TextEncoder().encode(JSON.stringify(prediction)));
  // No cap can be written into a request for images, so all of their tokens are held.
  const drawn = call.operation === "image" ? IMAGE_TOKENS * facts.choices : 0;
  const fixed = perMillion(input, inputRate) + perMillion(predicted + drawn, outputRate);
  return {
    fixedNanoUsd: Math.ceil((fixed + rates.perRequest + searches * (rates.perSearch ?? 0)) * factor),
    perMillionNanoUsd: outputRate * facts.choices * factor,
    maxOutputTokens: writesText(call)
      ? Math.ceil(cap ?? facts.maxOutputTokens ?? unstatedMaximum(model, contextTokens, once))
      : 0,
  };
}

/**
 * Whether the price of what the call makes is known. Images, speech and transcripts are billed by the piece, the
 * character or the minute at many vendors: then only an operator's price a call bounds them.
 */
export function isPriced({ operation }: Call, rates: HighestRates): boolean {
  if (operation === "image") return rates.perRequest > 0 || rates.output > 0;
  if (operation === "speech" || operation === "transcribe") return rates.perRequest > 0;
  return true;
}

/** Integer nano-USD to reserve for so many output tokens a choice. */
export function costAt({ fixedNanoUsd, perMillionNanoUsd }: Bound, outputTokens: number): number {
  return fixedNanoUsd + perMillion(outputTokens, perMillionNanoUsd);
}

/** Output tokens a choice that `nanoUsd` affords; below zero when not even the input is. */
export function affordable({ fixedNanoUsd, perMillionNanoUsd }: Bound, nanoUsd: number): number {
  const left = nanoUsd - fixedNanoUsd;
  if (left < 0) return -1;
  if (perMillionNanoUsd === 0) return Number.MAX_SAFE_INTEGER;
  const tokens = Math.floor((left / perMillionNanoUsd) * PER_TOKENS);
  // The division may have rounded up by a token.
  return perMillion(tokens, perMillionNanoUsd) > left ? tokens - 1 : tokens;
}

/** Rounded up; exact where the product passes 2^53. */
function perMillion(tokens: number, rate: number): number {
  const rest = rate % PER_TOKENS;
  return tokens * ((rate - rest) / PER_TOKENS) + Math.ceil((tokens * rest) / PER_TOKENS);
}

/** Cache writes cost more than plain input, and only a marker asks for them. */
function inputRateOf(rates: HighestRates, bytes: Uint8Array, json: JsonObject): number {
  const marked =
    json["cache_control"] !== undefined ||
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(CACHE_MARKER);
  const text = Math.max(rates.input, rates.cacheRead, rates.audioInput);
  return marked ? Math.max(text, rates.cacheWrite5m, rates.cacheWrite1h) : Math.max(text, rates.cacheWrite5m);
}

function outputRateOf(rates: HighestRates, json: JsonObject): number {
  const text = Math.max(rates.output, rates.reasoning);
  return Array.isArray(json["modalities"]) ? Math.max(text, rates.audioOutput) : text;
}

function surcharge(json: JsonObject): number {
  if (json["speed"] === "fast") return FAST_FACTOR;
  return json["service_tier"] === "priority" ? PRIORITY_FACTOR : 1;
}

function writesText({ operation }: Call): boolean {
  return operation === "chat";
}

/** What a model takes, and never more than its window holds beside the input. */
function unstatedMaximum(model: string, contextTokens: number | undefined, input: number): number {
  const maximum = maxOutputTokens(model);
  if (contextTokens === undefined) return maximum;
  return Math.max(1, Math.min(maximum, contextTokens - Math.min(input, contextTokens >> 1)));
}
