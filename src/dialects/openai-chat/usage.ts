/** Usage between OpenAI's nested counts, in which cached and reasoning tokens are parts of a sum, and disjoint buckets. */
import type { JsonObject } from "../../canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { isObject } from "./json.ts";

/**
 * Vendors differ: DeepSeek names cache hits `prompt_cache_hit_tokens`, Moonshot and Together put `cached_tokens` beside
 * the sums, Perplexity `reasoning_tokens`; xAI leaves reasoning out of `completion_tokens`, and Gemini's compatible
 * endpoint shows it only as what `total_tokens` has too many.
 */
export function parseUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const prompt = count(wire["prompt_tokens"]);
  const completion = count(wire["completion_tokens"]);
  const inDetail = objectOf(wire["prompt_tokens_details"]);
  const outDetail = objectOf(wire["completion_tokens_details"]);
  const audioInput = count(inDetail["audio_tokens"]);
  const audioOutput = count(outDetail["audio_tokens"]);
  const cacheRead =
    count(inDetail["cached_tokens"]) || count(wire["prompt_cache_hit_tokens"]) || count(wire["cached_tokens"]);
  const written = count(inDetail["cache_write_tokens"]);
  const writtenForHour = Math.min(written, count(inDetail["cache_write_1h_tokens"]));
  const told = count(outDetail["reasoning_tokens"]) || count(wire["reasoning_tokens"]);
  const beyond = count(wire["total_tokens"]) - prompt - completion;
  const outside = beyond > 0 && (told === 0 || told === beyond);
  const reasoning = outside ? beyond : Math.min(told, completion);
  const usage: Usage = {
    // Where a server counts cached tokens beside the prompt, there is nothing to subtract.
    input: cacheRead + written + audioInput > prompt ? prompt : prompt - cacheRead - written - audioInput,
    cacheRead,
    cacheWrite5m: written - writtenForHour,
    cacheWrite1h: writtenForHour,
    output: Math.max(0, completion - (outside ? 0 : reasoning) - audioOutput),
    reasoning,
  };
  if (audioInput > 0) usage.audioInput = audioInput;
  if (audioOutput > 0) usage.audioOutput = audioOutput;
  const searches = count(wire["num_search_queries"]);
  if (searches > 0) usage.searches = searches;
  if (wire["estimated"] === true) usage.estimated = true;
  return usage;
}

/** `costUsd` is a decimal string and stays one: money is never a binary fraction. */
export function formatUsage(usage: Usage, costUsd?: string | null): JsonObject {
  const prompt = totalInput(usage);
  const completion = totalOutput(usage);
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const inDetail: JsonObject = { cached_tokens: usage.cacheRead };
  if (usage.audioInput) inDetail["audio_tokens"] = usage.audioInput;
  if (written > 0) inDetail["cache_write_tokens"] = written;
  if (usage.cacheWrite1h > 0) inDetail["cache_write_1h_tokens"] = usage.cacheWrite1h;
  const outDetail: JsonObject = { reasoning_tokens: usage.reasoning };
  if (usage.audioOutput) outDetail["audio_tokens"] = usage.audioOutput;
  const wire: JsonObject = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: inDetail,
    completion_tokens_details: outDetail,
  };
  if (usage.searches) wire["num_search_queries"] = usage.searches;
  if (usage.estimated) wire["estimated"] = true;
  if (costUsd !== undefined && costUsd !== null) wire["cost_usd"] = costUsd;
  return wire;
}

function count(value: unknown): number {
  return typeof value === "number" && value > 0 ? value : 0;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
