import { describe, expect, test } from "bun:test";
import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { createPricing, type PriceOverride } from "../../src/budget/pricing.ts";
import { NO_USAGE, type Usage } from "../../src/canonical/usage.ts";

const AT_MS = Date.UTC(2026, 10, 20, 12);
const usage = (over: Partial<Usage>): Usage => ({ ...NO_USAGE, ...over });
const openai = (model: string) => ({ provider: "openai", type: "openai", model });

describe("the built-in list", () => {
  const cases: [string, string, Partial<Usage>, number | null][] = [
    // Every figure by hand from the vendor's price page: tokens × USD per million × 1000 nano-USD.
    ["openai", "gpt-4o-mini", { input: 1_000, output: 100 }, 1_000 * 150 + 100 * 600],
    ["openai", "gpt-4o-mini", { input: 1, cacheRead: 1_000 }, 150 + 1_000 * 75],
    ["openai", "gpt-5", { input: 10, output: 5, reasoning: 1_000 }, 10 * 1_250 + 1_005 * 10_000],
    ["openai", "gpt-4o", { searches: 3 }, 3 * 10_000_000],
    ["openai", "text-embedding-3-small", { input: 1_000 }, 1_000 * 20],
    ["openai", "text-embedding-3-small", { input: 1_000, output: 1 }, null],
    ["openai", "no-such-model", { input: 1 }, null],
    ["anthropic", "claude-opus-4-5-20251101", { input: 7, cacheWrite5m: 100 }, 7 * 5_000 + 100 * 6_250],
    ["anthropic", "claude-opus-4-5-20251101", { cacheWrite1h: 100, cacheRead: 10 }, 100 * 10_000 + 10 * 500],
    // The tier depends on the whole input, cached or not, and then holds for the whole call.
    ["gemini", "gemini-2.5-pro", { input: 200_000, output: 10 }, 200_000 * 1_250 + 10 * 10_000],
    ["gemini", "gemini-2.5-pro", { input: 200_001, output: 10 }, 200_001 * 2_500 + 10 * 15_000],
    ["gemini", "gemini-2.5-pro", { input: 1, cacheRead: 200_000 }, 2_500 + 200_000 * 250],
    ["gemini", "models/gemini-2.5-pro", { input: 1 }, 1_250],
    ["vertex", "publishers/google/models/gemini-2.5-pro", { input: 1 }, 1_250],
    ["vertex", "claude-sonnet-4-5@20250929", { cacheWrite1h: 100 }, 100 * 6_000],
    ["bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", { input: 10, output: 1 }, 10 * 3_300 + 16_500],
    ["azure-openai", "gpt-4o", { input: 2, output: 1 }, 2 * 2_500 + 10_000],
    ["perplexity", "sonar-pro", { input: 1, output: 1 }, 14_000_000 + 3_000 + 15_000],
    ["xai", "grok-4", { input: 1 }, 3_000],
    ["groq", "llama-3.3-70b-versatile", { input: 100, output: 100 }, 100 * 590 + 100 * 790],
    ["fireworks", "accounts/fireworks/models/deepseek-v3p2", { output: 1 }, 1_680],
    ["openrouter", "anthropic/claude-sonnet-4.5", { input: 1 }, 3_000],
    ["openai-compatible", "gpt-4o", { input: 1 }, null],
    ["vllm", "llama", { input: 1 }, null],
    ["simulated", "gpt-4o", { input: 1 }, null],
    ["constructor", "gpt-4o", { input: 1 }, null],
  ];
  test.each(cases)("%s/%s %j", (type, model, used, expected) => {
    const pricing = createPricing({});
    for (let time = 0; time < 2; time++) {
      expect(pricing.price({ provider: "any", type, model }, usage(used), AT_MS)).toBe(expected);
    }
  });

  test("agrees with the list's own calculation to half a nano-USD, for any use of its buckets", () => {
    const pricing = createPricing({});
    const tokens = fc.integer({ min: 0, max: 2_000_000 });
    const models = fc.constantFrom(
      ["openai", "gpt-4o", "openai"],
      ["openai", "o3", "openai"],
      ["anthropic", "claude-sonnet-4-5", "anthropic"],
      ["anthropic", "claude-haiku-4-5", "anthropic"],
      ["gemini", "gemini-2.5-flash", "google"],
      ["xai", "grok-4-fast", "x-ai"],
      ["deepseek", "deepseek-chat", "deepseek"],
      ["mistral", "mistral-large-latest", "mistral"],
    );
    const used = fc.record({
      input: tokens,
      cacheRead: tokens,
      cacheWrite5m: tokens,
      output: tokens,
      reasoning: tokens,
    });
    const moment = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2026, 11, 1) });
    fc.assert(
      fc.property(models, used, moment, ([type, model, providerId], buckets, atMs) => {
        const { input, cacheRead, cacheWrite5m, output, reasoning } = buckets;
        const theirs = calcPrice(
          {
            input_tokens: input + cacheRead + cacheWrite5m,
            cache_read_tokens: cacheRead,
            cache_write_tokens: cacheWrite5m,
            output_tokens: output + reasoning,
          },
          model,
          { providerId, timestamp: new Date(atMs) },
        )!.total_price;
        const ours = pricing.price({ provider: type, type, model }, usage(buckets), atMs)!;
        expect(Number.isSafeInteger(ours)).toBe(true);
        expect(Math.abs(ours - theirs * 1e9)).toBeLessThanOrEqual(0.5 + theirs * 1e9 * 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  test("a price that changes with the time of day is right on both sides of the change, in either order", () => {
    // DeepSeek's off-peak prices of 2025 began at 16:30 UTC.
    const pricing = createPricing({});
    const chat = { provider: "deepseek", type: "deepseek", model: "deepseek-chat" };
    const at = (iso: string) => pricing.price(chat, usage({ input: 1_000_000 }), Date.parse(iso));
    const expected = (iso: string) =>
      Math.round(
        calcPrice({ input_tokens: 1_000_000 }, "deepseek-chat", {
          providerId: "deepseek",
          timestamp: new Date(iso),
        })!.total_price * 1e9,
      );
    const moments = [
      "2025-06-01T16:29:59.999Z",
      "2025-06-01T16:30:00Z",
      "2025-06-01T00:29:00Z",
      "2025-06-01T16:29:59Z",
    ];
    expect(new Set(moments.map(expected)).size).toBeGreaterThan(1);
    expect(moments.map(at)).toEqual(moments.map(expected));
  });

  test("knows context windows", () => {
    const pricing = createPricing({});
    expect(pricing.contextTokens(openai("gpt-4o"))).toBe(128_000);
    expect(pricing.contextTokens(openai("nonsense"))).toBeUndefined();
    expect(pricing.contextTokens({ provider: "x", type: "vllm", model: "gpt-4o" })).toBeUndefined();
  });

  test("upper bounds take the dearest tier", () => {
    const pricing = createPricing({});
    const rates = pricing.rates({ provider: "g", type: "gemini", model: "gemini-2.5-pro" }, AT_MS);
    expect(rates).toMatchObject({
      input: 2_500_000_000,
      cacheRead: 250_000_000,
      output: 15_000_000_000,
      perRequest: 0,
    });
    expect(pricing.rates(openai("nonsense"), AT_MS)).toBeNull();
    // Priced by the hour of audio: no token price is known.
    expect(pricing.rates(openai("whisper-1"), AT_MS)).toBeNull();
  });
});

describe("an operator's price", () => {
  const full: PriceOverride = {
    inputPerMillionNanoUsd: 1_000_000_001,
    outputPerMillionNanoUsd: 2_000_000_000,
    cacheReadPerMillionNanoUsd: 100_000_000,
    cacheWritePerMillionNanoUsd: 1_250_000_000,
    reasoningPerMillionNanoUsd: 3_000_000_000,
    perRequestNanoUsd: 5,
  };
  const least: PriceOverride = { inputPerMillionNanoUsd: 1_000_000_000, outputPerMillionNanoUsd: 2_000_000_000 };

  test.each([
    [
      "each bucket has its own price",
      full,
      { cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1, output: 1, reasoning: 1 },
      5 + 100 + 1_250 + 1_250 + 2_000 + 3_000,
    ],
    ["the request itself costs", full, {}, 5],
    ["a part of a nano-USD is rounded once, at the end", full, { input: 499_999 }, 5 + 499_999_000],
    ["a part of a nano-USD is rounded once, at the end", full, { input: 500_000 }, 5 + 500_000_001],
    [
      "more than 2^53 before the division",
      { ...least, inputPerMillionNanoUsd: 600_000_000_001 },
      { input: 2_000_001 },
      2_000_001 * 600_000 + 2,
    ],
    [
      "what is not stated costs as input or output",
      least,
      { cacheRead: 1, cacheWrite5m: 1, reasoning: 1, audioInput: 1, audioOutput: 1 },
      1_000 * 3 + 2_000 * 2,
    ],
    ["free of charge is a price", { inputPerMillionNanoUsd: 0, outputPerMillionNanoUsd: 0 }, { input: 9 }, 0],
    ["a search has the built-in price", least, { searches: 1 }, 10_000_000],
  ] as [string, PriceOverride, Partial<Usage>, number][])("%s", (_, override, used, expected) => {
    const pricing = createPricing({ "openai/gpt-4o": override });
    expect(pricing.price(openai("gpt-4o"), usage(used), AT_MS)).toBe(expected);
  });

  test("is for exactly its target, wins over the list, and prices what the list does not know", () => {
    const pricing = createPricing({ "openai/gpt-4o": least, "local/llama": least });
    const local = { provider: "local", type: "openai-compatible", model: "llama" };
    const used = usage({ input: 1 });
    expect(pricing.price(openai("gpt-4o"), used, AT_MS)).toBe(1_000);
    expect(pricing.price({ ...openai("gpt-4o"), provider: "openai-2" }, used, AT_MS)).toBe(2_500);
    expect(pricing.price(local, used, AT_MS)).toBe(1_000);
    expect(pricing.price(local, usage({ searches: 1 }), AT_MS)).toBeNull();
    expect(pricing.rates(local, AT_MS)).toMatchObject({ input: 1_000_000_000, output: 2_000_000_000, perSearch: null });
    expect(pricing.contextTokens(openai("gpt-4o"))).toBe(128_000);
  });

  test("is exact for any integers, against big integers", () => {
    const rate = fc.integer({ min: 0, max: 1_000_000_000_000 });
    const tokens = fc.integer({ min: 0, max: 5_000_000 });
    fc.assert(
      fc.property(rate, rate, tokens, tokens, (input, output, read, written) => {
        const pricing = createPricing({ "p/m": { inputPerMillionNanoUsd: input, outputPerMillionNanoUsd: output } });
        const ours = pricing.price(
          { provider: "p", type: "vllm", model: "m" },
          usage({ input: read, output: written }),
          0,
        );
        const millionths = BigInt(read) * BigInt(input) + BigInt(written) * BigInt(output);
        expect(ours).toBe(Number((millionths + 500_000n) / 1_000_000n));
      }),
    );
  });
});

test("more models than are kept are still priced right", () => {
  const pricing = createPricing({});
  for (let n = 0; n < 5_000; n++)
    expect(pricing.price(openai(`ft:gpt-4o-mini-2024-07-18:x${n}`), usage({ input: 1 }), AT_MS)).toBe(300);
  expect(pricing.price(openai("gpt-4o"), usage({ input: 1 }), AT_MS)).toBe(2_500);
});
