import type { Json, JsonObject } from "../../canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { countOf, isObject } from "../json-object.ts";

/**
 * What is billed counts: `tokens` holds the templates that Cohere wraps around prompts and answers too, several hundred
 * a call, which are free. Cached tokens are a part of `tokens` and have no price of their own.
 */
export function parseUsage(wire: Json | undefined): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const tokens = isObject(wire["tokens"]) ? wire["tokens"] : {};
  const billed = isObject(wire["billed_units"]) ? wire["billed_units"] : tokens;
  const output = countOf(billed["output_tokens"]);
  const reasoning = Math.min(output, countOf(tokens["reasoning_tokens"]));
  const usage: Usage = {
    input: countOf(billed["input_tokens"]),
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: output - reasoning,
    reasoning,
  };
  const searches = countOf(billed["search_units"]);
  if (searches > 0) usage.searches = searches;
  return usage;
}

export function formatUsage(usage: Usage): JsonObject {
  const counts: JsonObject = { input_tokens: totalInput(usage), output_tokens: totalOutput(usage) };
  return {
    billed_units: { ...counts, ...(usage.searches && { search_units: usage.searches }) },
    tokens: { ...counts, ...(usage.reasoning > 0 && { reasoning_tokens: usage.reasoning }) },
  };
}
