import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { MalformedReply } from "../../../src/dialects/dialect.ts";
import { countTokens, formatCount, inspectCount } from "../../../src/dialects/operations/count-tokens.ts";

const encoder = new TextEncoder();

test.each<[string, JsonObject, JsonObject, JsonObject]>([
  [
    "anthropic-messages",
    { model: "public", messages: [{ role: "user", content: "x" }] },
    { model: "real", messages: [{ role: "user", content: "x" }] },
    { input_tokens: 3 },
  ],
  ["gemini", { contents: [{ parts: [] }] }, { contents: [{ parts: [] }] }, { totalTokens: 3, promptTokensDetails: [] }],
  [
    "gemini",
    { generateContentRequest: { model: "models/public", contents: [] } },
    { generateContentRequest: { model: "models/real", contents: [] } },
    { totalTokens: 3 },
  ],
])("%s: %j goes to its own kind as %j", (dialect, json, sent, reply) => {
  const bytes = encoder.encode(JSON.stringify(json));
  const prepared = countTokens.wire(dialect, dialect)!.prepare({ bytes, json }, { model: "real", vendor: "x" });
  expect(JSON.parse(new TextDecoder().decode(prepared.bytes))).toEqual(sent);
  const received = encoder.encode("as it came");
  expect(prepared.read!(reply, received)).toMatchObject({ bytes: received, usage: { input: 0 } });
  expect(() => prepared.read!({ error: {} }, received)).toThrow(MalformedReply);
});

test("no other maker's tokenizer counts for a client", () => {
  expect(countTokens.wire("anthropic-messages", "gemini")).toBeUndefined();
  expect(formatCount("anthropic-messages", 5)).toEqual({ input_tokens: 5 });
  expect(formatCount("gemini", 5)).toEqual({ totalTokens: 5 });
  expect(formatCount("openai-chat", 5)).toBeUndefined();
});

test.each<[JsonObject, { model?: string } | undefined, string]>([
  [{ messages: [{}] }, undefined, "model"],
  [{ model: "m", messages: [] }, undefined, "messages"],
  [{}, { model: "m" }, "contents"],
])("%j is refused for its %s", (body, path, param) => {
  expect(() => inspectCount(body, path)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
});
