import { expect, test } from "bun:test";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { createEstimator } from "../../src/budget/estimate.ts";
import { loadTokenizer } from "../../src/budget/tokenizer.ts";
import type { Json } from "../../src/canonical/chat.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { callOf } from "./support.ts";

const TEXTS = [
  "hello world",
  "The quick brown fox jumps over the lazy dog, 1234567 times!",
  "Überraschung: naïve façade — “quotes” and … dots",
  "今日は良い天気ですね。明日も晴れるでしょう。",
  "function f(x) {\n  return x?.y ?? [1, 2, 3];\n}\n\n\n",
  "👩‍👩‍👧‍👦 🏳️‍🌈 🧿",
  "we'll they're I'd DON'T  two  spaces\t\ttabs \r\n",
  "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
  "مرحبا بالعالم كيف حالك",
];

test("counts exactly as the models' own encoding does", async () => {
  const { count } = await loadTokenizer();
  for (const text of [...TEXTS, TEXTS.join("\n")]) expect([text, count(text)]).toEqual([text, countTokens(text)]);
  expect(count("a".repeat(100_000))).toBeGreaterThan(1_000);
}, 20_000);

test("while it loads the event loop turns", async () => {
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 1);
  await loadTokenizer();
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(10);
}, 20_000);

test("an answer without numbers: by length until the tokenizer is there, then by its count, always marked", async () => {
  const loaded = Promise.withResolvers<{ count(text: string): number }>();
  const { estimate } = createEstimator(() => loaded.promise);
  const call = callOf(simulatedClock(), { body: { messages: [{ role: "user", content: "x".repeat(400) }] } });
  expect(estimate(call, "y".repeat(40))).toMatchObject({ input: expect.any(Number), output: 10, estimated: true });
  loaded.resolve({ count: (text) => text.length });
  await loaded.promise;
  await Promise.resolve();
  expect(estimate(call, "y".repeat(40)).output).toBe(40);
  expect(estimate(call, "y".repeat(40_000)).output).toBe(40_000);
  expect(estimate(call, "").output).toBe(0);
});

test("images count as images, not as their base64", () => {
  const { estimate } = createEstimator(() => new Promise(() => {}));
  const url = `data:image/png;base64,${"A".repeat(1_000_000)}`;
  const content: Json = [
    { type: "text", text: "what is it" },
    { type: "image_url", image_url: { url } },
  ];
  const { input } = estimate(callOf(simulatedClock(), { body: { messages: [{ role: "user", content }] } }), "");
  expect(input).toBeGreaterThan(500);
  expect(input).toBeLessThan(3_000);
});
