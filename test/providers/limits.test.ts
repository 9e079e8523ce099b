import { describe, expect, test } from "bun:test";
import { type Limits, readLimits } from "../../src/providers/limits.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const read = (vendor: string, headers: Record<string, string>, body?: string) =>
  readLimits(vendor, new Headers(headers), body, NOW);

describe("how long to wait", () => {
  test.each<[string, string, Record<string, string>, string | undefined, number | undefined]>([
    ["seconds", "openai", { "retry-after": "2" }, undefined, 2000],
    ["fractions of a second", "openai", { "retry-after": "1.5" }, undefined, 1500],
    ["an HTTP date", "openai", { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, undefined, 30_000],
    ["an HTTP date that has passed", "openai", { "retry-after": "Mon, 23 Nov 2026 11:00:00 GMT" }, undefined, 0],
    ["retry-after-ms", "openai", { "retry-after-ms": "740" }, undefined, 740],
    [
      "Azure's pair: the seconds win over 0 ms",
      "azure-openai",
      { "retry-after": "1", "retry-after-ms": "0" },
      undefined,
      1000,
    ],
    [
      "nonsense falls through to the next source",
      "openai",
      { "retry-after": "soon", "retry-after-ms": "20" },
      undefined,
      20,
    ],
    ["negative is nonsense", "openai", { "retry-after": "-5" }, undefined, undefined],
    ["x-ratelimit-reset in seconds", "together", { "x-ratelimit-reset": "12" }, undefined, 12_000],
    [
      "x-ratelimit-reset in epoch seconds",
      "together",
      { "x-ratelimit-reset": String(NOW / 1000 + 9) },
      undefined,
      9000,
    ],
    [
      "x-ratelimit-reset in epoch milliseconds",
      "openrouter",
      { "x-ratelimit-reset": String(NOW + 700) },
      undefined,
      700,
    ],
    [
      "the used-up one of OpenAI's pair",
      "openai",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "10",
        "x-ratelimit-reset-tokens": "1h",
      },
      undefined,
      360_000,
    ],
    [
      "a pair of which nothing is used up says nothing",
      "openai",
      { "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s" },
      undefined,
      undefined,
    ],
    [
      "Anthropic's used-up input tokens",
      "anthropic",
      {
        "anthropic-ratelimit-requests-remaining": "40",
        "anthropic-ratelimit-requests-reset": "2026-11-23T13:00:00Z",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-23T12:00:21Z",
      },
      undefined,
      21_000,
    ],
    [
      "Cerebras: the minute's tokens, not the day's requests",
      "cerebras",
      {
        "x-ratelimit-remaining-requests-day": "14000",
        "x-ratelimit-reset-requests-day": "33011.4",
        "x-ratelimit-remaining-tokens-minute": "0",
        "x-ratelimit-reset-tokens-minute": "11.5",
      },
      undefined,
      11_500,
    ],
    [
      "Gemini's RetryInfo",
      "gemini",
      {},
      JSON.stringify({
        error: {
          code: 429,
          details: [
            { "@type": "QuotaFailure" },
            { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "45.8s" },
          ],
        },
      }),
      45_800,
    ],
    ["Gemini's errors in a list", "gemini", {}, '[{"error":{"details":[{"retryDelay":"3s"}]}}]', 3000],
    [
      "OpenRouter's headers inside the body",
      "openrouter",
      {},
      JSON.stringify({ error: { code: 429, metadata: { headers: { "X-RateLimit-Reset": String(NOW + 42_000) } } } }),
      42_000,
    ],
    [
      "a header wins over the body",
      "gemini",
      { "retry-after": "1" },
      '{"error":{"details":[{"retryDelay":"3s"}]}}',
      1000,
    ],
    ["a body that only looks like it", "gemini", {}, "retryDelay <html>", undefined],
    ["nothing at all", "openai", {}, "", undefined],
  ])("%s", (_, vendor, headers, body, expected) => {
    expect(read(vendor, headers, body).retryAfterMs).toBe(expected);
  });
});

describe("what is left of a key", () => {
  test.each<[string, Record<string, string>, Limits]>([
    [
      "openai",
      {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-tokens": "199996",
        "x-ratelimit-reset-tokens": "1m2.5s",
      },
      {
        requests: { limit: 500, remaining: 499, resetAtMs: NOW + 120 },
        tokens: { limit: 200_000, remaining: 199_996, resetAtMs: NOW + 62_500 },
      },
    ],
    [
      "anthropic",
      {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-11-23T12:00:01Z",
        "anthropic-ratelimit-output-tokens-limit": "8000",
        "anthropic-ratelimit-output-tokens-remaining": "7000",
        "anthropic-ratelimit-output-tokens-reset": "2026-11-23T12:00:07Z",
      },
      {
        requests: { limit: 50, remaining: 49, resetAtMs: NOW + 1000, windowMs: 60_000 },
        outputTokens: { limit: 8000, remaining: 7000, resetAtMs: NOW + 7000, windowMs: 60_000 },
      },
    ],
    // The same header names as OpenAI's, but the requests are a day's.
    [
      "groq",
      {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "2m59.56s",
        "x-ratelimit-limit-tokens": "18000",
        "x-ratelimit-remaining-tokens": "17997",
        "x-ratelimit-reset-tokens": "7.66s",
      },
      {
        requests: { limit: 14_400, remaining: 14_370, resetAtMs: NOW + 179_560, windowMs: 86_400_000 },
        tokens: { limit: 18_000, remaining: 17_997, resetAtMs: NOW + 7660, windowMs: 60_000 },
      },
    ],
    [
      "cerebras",
      {
        "x-ratelimit-limit-requests-day": "1000",
        "x-ratelimit-remaining-requests-day": "999",
        "x-ratelimit-reset-requests-day": "33011.4",
        "x-ratelimit-limit-tokens-minute": "60000",
        "x-ratelimit-remaining-tokens-minute": "59000",
        "x-ratelimit-reset-tokens-minute": "11.4",
      },
      {
        requests: { limit: 1000, remaining: 999, resetAtMs: NOW + 33_011_400, windowMs: 86_400_000 },
        tokens: { limit: 60_000, remaining: 59_000, resetAtMs: NOW + 11_400, windowMs: 60_000 },
      },
    ],
    [
      "mistral",
      { "x-ratelimit-limit-req-minute": "100", "x-ratelimit-remaining-req-minute": "99" },
      { requests: { limit: 100, remaining: 99, windowMs: 60_000 } },
    ],
    // Of two windows over requests the one that will refuse first.
    [
      "sambanova",
      {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": String(NOW / 1000 + 60),
        "x-ratelimit-limit-requests-day": "12000",
        "x-ratelimit-remaining-requests-day": "5",
        "x-ratelimit-reset-requests-day": String(NOW / 1000 + 3600),
      },
      { requests: { limit: 12_000, remaining: 5, resetAtMs: NOW + 3_600_000, windowMs: 86_400_000 } },
    ],
    // -1 of -1 left is no limit at all, and must not look used up.
    [
      "azure-openai",
      {
        "x-ratelimit-limit-requests": "-1",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "0",
        "x-ratelimit-limit-tokens": "-1",
        "x-ratelimit-remaining-tokens": "-1",
      },
      {},
    ],
    ["azure-openai", { "x-ratelimit-remaining-requests": "119" }, { requests: { remaining: 119 } }],
    ["gemini", {}, {}],
  ])("%s %#", (vendor, headers, expected) => expect(read(vendor, headers)).toEqual(expected));
});
