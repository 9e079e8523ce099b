/** Usage between OpenAI's nested counts, in which cached and reasoning tokens are parts of a sum, and disjoint buckets. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { countOf, isObject } from "../json-object.ts";

/** Of a whole response: searches are counted beside `usage`, by tool. */
export function parseUsage(response: JsonObject): Usage | undefined {
  const wire = response["usage"];
  if (!isObject(wire)) return undefined;
  const input = countOf(wire["input_tokens"]);
  const output = countOf(wire["output_tokens"]);
  const inDetail = objectOf(wire["input_tokens_details"]);
  const outDetail = objectOf(wire["output_tokens_details"]);
  const cacheRead = countOf(inDetail["cached_tokens"]);
  const written = countOf(inDetail["cache_write_tokens"]);
  const writtenForHour = Math.min(written, countOf(inDetail["cache_write_1h_tokens"]));
  const audioInput = countOf(inDetail["audio_tokens"]);
  const audioOutput = countOf(outDetail["audio_tokens"]);
  const reasoning = Math.min(countOf(outDetail["reasoning_tokens"]), output);
  const usage: Usage = {
    input: Math.max(0, input - cacheRead - written - audioInput),
    cacheRead,
    cacheWrite5m: written - writtenForHour,
    cacheWrite1h: writtenForHour,
    output: Math.max(0, output - reasoning - audioOutput),
    reasoning,
  };
  if (audioInput > 0) usage.audioInput = audioInput;
  if (audioOutput > 0) usage.audioOutput = audioOutput;
  const searches = searchesIn(response);
  if (searches > 0) usage.searches = searches;
  if (wire["estimated"] === true) usage.estimated = true;
  return usage;
}

/** `costUsd` is a decimal string and stays one: money is never a binary fraction. */
export function formatUsage(usage: Usage, costUsd?: string | null): JsonObject {
  const input = totalInput(usage);
  const output = totalOutput(usage);
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const inDetail: JsonObject = { cached_tokens: usage.cacheRead };
  if (usage.audioInput) inDetail["audio_tokens"] = usage.audioInput;
  if (written > 0) inDetail["cache_write_tokens"] = written;
  if (usage.cacheWrite1h > 0) inDetail["cache_write_1h_tokens"] = usage.cacheWrite1h;
  const outDetail: JsonObject = { reasoning_tokens: usage.reasoning };
  if (usage.audioOutput) outDetail["audio_tokens"] = usage.audioOutput;
  const wire: JsonObject = {
    input_tokens: input,
    input_tokens_details: inDetail,
    output_tokens: output,
    output_tokens_details: outDetail,
    total_tokens: input + output,
  };
  if (usage.estimated) wire["estimated"] = true;
  if (costUsd !== undefined && costUsd !== null) wire["cost_usd"] = costUsd;
  return wire;
}

/** The member of a response that tells how often tools of the provider were used. */
export function formatToolUsage({ searches }: Usage): JsonObject {
  return searches ? { tool_usage: { web_search: { num_requests: searches } } } : {};
}

function searchesIn(response: JsonObject): number {
  return countOf(objectOf(objectOf(response["tool_usage"])["web_search"])["num_requests"]);
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
