import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { Usage } from "../../canonical/usage.ts";
import { totalInput, totalOutput } from "../../canonical/usage.ts";
import { countOf, isObject } from "../json-object.ts";

/**
 * `inputTokens` is without the cached ones, as the total shows; where a model's total says otherwise they are taken
 * out. Thinking is inside `outputTokens` and never told apart.
 */
export function parseUsage(wire: Json | undefined): Usage | undefined {
  if (!isObject(wire)) return undefined;
  const cacheRead = countOf(wire["cacheReadInputTokens"]);
  const written = countOf(wire["cacheWriteInputTokens"]);
  const output = countOf(wire["outputTokens"]);
  let input = countOf(wire["inputTokens"]);
  const cached = cacheRead + written;
  if (cached > 0 && cached <= input && countOf(wire["totalTokens"]) === input + output) input -= cached;
  const cacheWrite1h = Math.min(written, hourLong(wire["cacheDetails"]));
  return { input, cacheRead, cacheWrite5m: written - cacheWrite1h, cacheWrite1h, output, reasoning: 0 };
}

function hourLong(details: Json | undefined): number {
  if (!Array.isArray(details)) return 0;
  return details
    .filter(isObject)
    .reduce((sum, one) => sum + (one["ttl"] === "1h" ? countOf(one["inputTokens"]) : 0), 0);
}

export function formatUsage(usage: Usage): JsonObject {
  const { cacheRead, cacheWrite5m, cacheWrite1h } = usage;
  const wire: JsonObject = {
    inputTokens: usage.input + (usage.audioInput ?? 0),
    outputTokens: totalOutput(usage),
    totalTokens: totalInput(usage) + totalOutput(usage),
  };
  const written = cacheWrite5m + cacheWrite1h;
  if (cacheRead > 0 || written > 0) {
    wire["cacheReadInputTokens"] = cacheRead;
    wire["cacheWriteInputTokens"] = written;
  }
  if (cacheWrite1h > 0)
    wire["cacheDetails"] = [
      { ttl: "5m", inputTokens: cacheWrite5m },
      { ttl: "1h", inputTokens: cacheWrite1h },
    ];
  return wire;
}
