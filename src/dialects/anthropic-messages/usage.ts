import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { Usage } from "../../canonical/usage.ts";
import { countOf, isObject } from "./json.ts";

/**
 * Anthropic's buckets are disjoint already, but for thinking, which is inside `output_tokens` and told apart only by
 * newer models (`output_tokens_details.thinking_tokens`). In a stream the counts of `message_delta` are cumulative and
 * replace those of `message_start`; the split of cache writes by life is in `message_start` alone.
 */
export function parseUsage(start: Json | undefined, delta?: Json): Usage | undefined {
  if (!isObject(start) && !isObject(delta)) return undefined;
  const wire: JsonObject = { ...(isObject(start) ? start : {}) };
  for (const [key, value] of Object.entries(isObject(delta) ? delta : {})) if (value !== null) wire[key] = value;
  const lives = isObject(wire["cache_creation"]) ? wire["cache_creation"] : {};
  const written = Math.max(
    countOf(wire["cache_creation_input_tokens"]),
    countOf(lives["ephemeral_5m_input_tokens"]) + countOf(lives["ephemeral_1h_input_tokens"]),
  );
  const cacheWrite1h = countOf(lives["ephemeral_1h_input_tokens"]);
  const details = isObject(wire["output_tokens_details"]) ? wire["output_tokens_details"] : {};
  const output = countOf(wire["output_tokens"]);
  const reasoning = Math.min(output, countOf(details["thinking_tokens"]));
  const usage: Usage = {
    input: countOf(wire["input_tokens"]),
    cacheRead: countOf(wire["cache_read_input_tokens"]),
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    output: output - reasoning,
    reasoning,
  };
  const servers = isObject(wire["server_tool_use"]) ? wire["server_tool_use"] : {};
  const searches = countOf(servers["web_search_requests"]);
  if (searches > 0) usage.searches = searches;
  return usage;
}

/** The wire form; audio, which Anthropic does not know, counts as input and output. */
export function formatUsage(usage: Usage): JsonObject {
  const wire: JsonObject = {
    input_tokens: usage.input + (usage.audioInput ?? 0),
    cache_creation_input_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5m,
      ephemeral_1h_input_tokens: usage.cacheWrite1h,
    },
    output_tokens: usage.output + usage.reasoning + (usage.audioOutput ?? 0),
  };
  if (usage.reasoning > 0) wire["output_tokens_details"] = { thinking_tokens: usage.reasoning };
  if (usage.searches) wire["server_tool_use"] = { web_search_requests: usage.searches, web_fetch_requests: 0 };
  return wire;
}
