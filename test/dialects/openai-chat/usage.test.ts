import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { totalInput, totalOutput, type Usage } from "../../../src/canonical/usage.ts";
import { formatUsage, parseUsage } from "../../../src/dialects/openai-chat/usage.ts";

const of = (prompt: number, completion: number, others: JsonObject = {}): JsonObject => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...others,
});

test.each<[string, JsonObject, Partial<Usage>]>([
  ["plain", of(10, 5), { input: 10, output: 5, cacheRead: 0, reasoning: 0 }],
  [
    "OpenAI, cached inside the prompt",
    of(100, 5, { prompt_tokens_details: { cached_tokens: 64 } }),
    { input: 36, cacheRead: 64 },
  ],
  [
    "reasoning inside the completion",
    of(1, 50, { completion_tokens_details: { reasoning_tokens: 40 } }),
    { output: 10, reasoning: 40 },
  ],
  [
    "xAI, reasoning outside of it",
    { ...of(10, 5), total_tokens: 55, completion_tokens_details: { reasoning_tokens: 40 } },
    { output: 5, reasoning: 40 },
  ],
  ["Gemini's endpoint, thoughts only in the total", { ...of(10, 5), total_tokens: 45 }, { output: 5, reasoning: 30 }],
  ["DeepSeek", of(100, 5, { prompt_cache_hit_tokens: 90, prompt_cache_miss_tokens: 10 }), { input: 10, cacheRead: 90 }],
  ["Moonshot", of(100, 5, { cached_tokens: 40 }), { input: 60, cacheRead: 40 }],
  [
    "cached beside the prompt",
    of(10, 5, { prompt_tokens_details: { cached_tokens: 64 } }),
    { input: 10, cacheRead: 64 },
  ],
  [
    "OpenRouter, cache writes",
    of(100, 5, { prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 20 } }),
    { input: 70, cacheRead: 10, cacheWrite5m: 20 },
  ],
  [
    "audio",
    of(20, 18, { prompt_tokens_details: { audio_tokens: 8 }, completion_tokens_details: { audio_tokens: 12 } }),
    { input: 12, audioInput: 8, output: 6, audioOutput: 12 },
  ],
  ["Perplexity", of(8, 9, { num_search_queries: 3, reasoning_tokens: 4 }), { output: 5, reasoning: 4, searches: 3 }],
  ["nulls", of(1, 2, { prompt_tokens_details: null, completion_tokens_details: null }), { input: 1, output: 2 }],
  ["odd values", { prompt_tokens: "7", completion_tokens: -1 }, { input: 0, output: 0 }],
])("%s", (_, wire, expected) => {
  expect(parseUsage(wire)).toMatchObject(expected);
});

test.each([[undefined], [null], [5], ["x"]])("%p is no usage", (wire) => {
  expect(parseUsage(wire)).toBeUndefined();
});

test("buckets come back from the wire as they were", () => {
  const usage: Usage = {
    input: 1,
    cacheRead: 2,
    cacheWrite5m: 4,
    cacheWrite1h: 8,
    output: 16,
    reasoning: 32,
    audioInput: 64,
    audioOutput: 128,
    searches: 3,
    estimated: true,
  };
  const wire = formatUsage(usage);
  expect(wire).toMatchObject({ prompt_tokens: totalInput(usage), completion_tokens: totalOutput(usage) });
  expect(parseUsage(wire)).toEqual(usage);
});

test("a cost is a decimal string, and absent when unknown", () => {
  const usage = parseUsage(of(1, 1))!;
  expect(formatUsage(usage, "0.0000015")["cost_usd"]).toBe("0.0000015");
  expect("cost_usd" in formatUsage(usage, null)).toBe(false);
});
