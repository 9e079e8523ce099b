import { describe, expect, test } from "bun:test";
import type { ChatRequest, Json, Message } from "../../../src/canonical/chat.ts";
import { format, USER } from "./foreign.ts";

describe("thinking for a client of another dialect", () => {
  const call: Message = { role: "assistant", content: [{ type: "tool-call", id: "a", name: "f", arguments: "{}" }] };
  const result: Message = { role: "tool", content: [{ type: "tool-result", toolCallId: "a", content: "1" }] };
  const signed: Message = {
    role: "assistant",
    content: [
      { type: "reasoning", text: "t", signature: { origin: "anthropic", value: "EqQ" } },
      ...(call.content as Exclude<Message["content"], string>),
    ],
  };
  const tools = [{ name: "f" }];
  const budget = (tokens: number) => ({ type: "enabled", budget_tokens: tokens });

  test.each<[string, string, Partial<ChatRequest>, Record<string, Json | undefined>, string[]]>([
    [
      "budget by effort, the open cap grows",
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" } },
      { thinking: budget(2048), max_tokens: 6144 },
      [],
    ],
    [
      "budget below the client's cap",
      "claude-sonnet-4-5",
      { reasoning: { effort: "high" }, maxOutputTokens: 4000 },
      { thinking: budget(3000), max_tokens: 4000 },
      [],
    ],
    [
      "no room for a budget",
      "claude-sonnet-4-5",
      { reasoning: { effort: "high" }, maxOutputTokens: 1024 },
      { thinking: undefined, max_tokens: 1024 },
      ["reasoning_effort"],
    ],
    [
      "adaptive with effort",
      "claude-opus-4-8",
      { reasoning: { effort: "minimal" }, maxOutputTokens: 9 },
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
      [],
    ],
    [
      "an effort that the model lacks",
      "claude-sonnet-4-6",
      { reasoning: { effort: "xhigh" } },
      { output_config: { effort: "high" } },
      [],
    ],
    [
      "4.6 takes a budget",
      "claude-sonnet-4-6",
      { reasoning: { budgetTokens: 2000 }, maxOutputTokens: 9000 },
      { thinking: budget(2000) },
      [],
    ],
    [
      "4.7 does not",
      "claude-opus-4-7",
      { reasoning: { budgetTokens: 2000 } },
      { thinking: { type: "adaptive" } },
      ["reasoning_effort"],
    ],
    [
      "a model without thinking",
      "claude-3-5-sonnet-20241022",
      { reasoning: { effort: "low" } },
      { thinking: undefined },
      ["reasoning_effort"],
    ],
    ["off where it is off", "claude-opus-4-8", { reasoning: { effort: "none" } }, { thinking: undefined }, []],
    ["off where it is on", "claude-opus-5", { reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }, []],
    ["never off", "claude-fable-5-1", { reasoning: { effort: "none" } }, { thinking: undefined }, ["reasoning_effort"]],
    [
      "a forced tool excludes it",
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" }, tools, toolChoice: "required" },
      { thinking: undefined },
      ["reasoning_effort"],
    ],
    [
      "it excludes sampling",
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" }, temperature: 0, topK: 3 },
      { temperature: undefined, top_k: undefined },
      ["temperature", "top_k"],
    ],
    [
      "sampling is gone from 4.7 on",
      "claude-opus-4-7",
      { temperature: 0.3, topP: 0.5 },
      { temperature: undefined, top_p: undefined },
      ["temperature", "top_p"],
    ],
    [
      "a tool loop that lost its thinking",
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" }, tools, messages: [USER, call, result] },
      { thinking: undefined },
      ["reasoning_effort"],
    ],
    [
      "a tool loop that kept it",
      "claude-sonnet-4-5",
      { reasoning: { effort: "low" }, tools, messages: [USER, signed, result] },
      { thinking: budget(2048) },
      [],
    ],
    [
      "adaptive does not mind",
      "claude-opus-4-8",
      { reasoning: { effort: "low" }, tools, messages: [USER, call, result] },
      { thinking: { type: "adaptive" } },
      [],
    ],
  ])("%s", (_name, model, fields, expected, warnings) => {
    const formatted = format(fields, model);
    for (const [key, value] of Object.entries(expected)) expect([key, formatted.body[key]]).toEqual([key, value]);
    expect(formatted.warnings).toEqual(warnings);
  });
});
