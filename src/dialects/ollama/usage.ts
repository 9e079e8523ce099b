import type { JsonObject } from "../../canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../canonical/usage.ts";
import { countOf } from "../json-object.ts";

/** Counts stand in the last object; a prompt that was evaluated before may have none. Thoughts count as output. */
export function parseUsage(last: JsonObject): Usage | undefined {
  const { prompt_eval_count: input, eval_count: output } = last;
  if (input === undefined && output === undefined) return undefined;
  return {
    input: countOf(input),
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: countOf(output),
    reasoning: 0,
  };
}

export function formatUsage(usage: Usage): JsonObject {
  return { prompt_eval_count: totalInput(usage), eval_count: totalOutput(usage) };
}
