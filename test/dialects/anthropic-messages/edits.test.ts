import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import type { BodyChanges } from "../../../src/dialects/dialect.ts";
import { splice } from "../../../src/dialects/splice.ts";
import { to } from "./foreign.ts";

describe("edits", () => {
  const body = {
    model: "fast",
    max_tokens: 4000,
    stream: false,
    thinking: { type: "enabled", budget_tokens: 3000 },
    messages: [{ role: "user", content: "hi" }],
  };
  const edited = (changes: BodyChanges, from: JsonObject = body) => {
    const result = anthropicMessages.edits(from, changes);
    if (!result) return undefined;
    const bytes = splice(Buffer.from(JSON.stringify(from)), result.edits);
    return { json: JSON.parse(Buffer.from(bytes).toString()), warnings: result.warnings };
  };

  test("none where nothing changes", () => {
    expect(anthropicMessages.edits(body, to("fast"))).toEqual({ edits: [], warnings: [] });
  });

  test("model, stream and cap", () => {
    expect(edited(to("claude-sonnet-4-5", { stream: true, maxOutputTokens: 3500 }))).toEqual({
      json: { ...body, model: "claude-sonnet-4-5", stream: true, max_tokens: 3500 },
      warnings: [],
    });
  });

  test("a budget never reaches the cap", () => {
    expect(edited(to("fast", { maxOutputTokens: 2000 }))).toEqual({
      json: { ...body, max_tokens: 2000, thinking: { type: "enabled", budget_tokens: 1500 } },
      warnings: ["thinking"],
    });
    expect(edited(to("fast", { maxOutputTokens: 500 }))?.json.thinking).toBeUndefined();
  });

  test("what the target refuses goes", () => {
    const traits = { model: "fast", vendor: "x", refuses: ["thinking", "top_k"] };
    expect(edited({ traits, stream: false })?.warnings).toEqual(["thinking"]);
  });

  test.each<[string, JsonObject]>([
    ["signature", { type: "thinking", thinking: "t", signature: "eg1.gemini.x" }],
    ["redacted thinking", { type: "redacted_thinking", data: "eg1.openai-responses.x" }],
  ])("cannot take out a foreign %s", (_name, block) => {
    const messages = [...body.messages, { role: "assistant", content: [block] }];
    expect(edited(to("fast"), { ...body, messages })).toBeUndefined();
  });
});
