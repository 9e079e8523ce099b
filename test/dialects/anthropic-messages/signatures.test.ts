import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../../../src/canonical/chat.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { text, to } from "./foreign.ts";

describe("signatures", () => {
  const history = (signature: string): JsonObject => ({
    model: "m",
    max_tokens: 9000,
    thinking: { type: "enabled", budget_tokens: 2000 },
    messages: [
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "t", signature },
          { type: "text", text: "ho" },
        ],
      },
      { role: "user", content: "and?" },
    ],
  });

  test.each([
    ["eg1.gemini.AB.C", { origin: "gemini", value: "AB.C" }],
    ["eg1.unsigned.", undefined],
    ["eg1.nobody.x", { origin: "anthropic", value: "eg1.nobody.x" }],
    ["EqQ", { origin: "anthropic", value: "EqQ" }],
  ])("%s finds its maker", (wire, signature) => {
    const part = (anthropicMessages.parseRequest(history(wire)).messages[1]!.content as { signature?: unknown }[])[0];
    expect(part?.signature).toEqual(signature);
  });

  test("Anthropic gets its own back, and nobody else's", () => {
    const sent = (wire: string) => {
      const request = anthropicMessages.parseRequest(history(wire));
      return (anthropicMessages.formatRequest(request, to("m")).body["messages"] as JsonObject[])[1]?.["content"];
    };
    expect(sent("EqQ")).toEqual([{ type: "thinking", thinking: "t", signature: "EqQ" }, text("ho")]);
    expect(sent("eg1.gemini.AB")).toEqual([text("ho")]);
    expect(sent("eg1.unsigned.")).toEqual([text("ho")]);
  });

  test("a turn of nothing else is left out, and a tool loop without its thinking goes on without", () => {
    const body = history("eg1.gemini.AB");
    const thinking = ((body["messages"] as JsonObject[])[1]!["content"] as Json[])[0]!;
    const only = {
      ...body,
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [thinking] },
        { role: "user", content: "?" },
      ],
    };
    const without = anthropicMessages.formatRequest(anthropicMessages.parseRequest(only), to("m"));
    expect(without.body["messages"]).toEqual([
      { role: "user", content: "hi" },
      { role: "user", content: "?" },
    ]);
    const loop = {
      ...body,
      messages: [
        { role: "user", content: "hi" },
        { role: "assistant", content: [thinking, { type: "tool_use", id: "t", name: "f", input: {} }] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "1" }] },
      ],
    };
    const { body: formatted, warnings } = anthropicMessages.formatRequest(
      anthropicMessages.parseRequest(loop),
      to("m"),
    );
    expect(formatted["thinking"]).toBeUndefined();
    expect(warnings).toEqual(["thinking"]);
  });

  test("Gemini's on a tool call follows it and returns to it", () => {
    const body = history("x");
    (body["messages"] as JsonObject[])[1]!["content"] = [
      { type: "tool_use", id: "t", name: "f", input: {} },
      { type: "thinking", thinking: "", signature: "eg1.gemini.SIG" },
    ];
    expect(anthropicMessages.parseRequest(body).messages[1]!.content).toEqual([
      { type: "tool-call", id: "t", name: "f", arguments: "{}", signature: { origin: "gemini", value: "SIG" } },
    ]);
  });
});
