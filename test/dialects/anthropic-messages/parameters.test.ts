import { describe, expect, test } from "bun:test";
import type { ChatRequest, Json, JsonObject } from "../../../src/canonical/chat.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { foreign, format } from "./foreign.ts";

describe("parameters of another dialect", () => {
  test.each<[string, Partial<ChatRequest>, Record<string, Json | undefined>, string[]]>([
    ["max_tokens is required", {}, { max_tokens: 4096 }, []],
    ["the client's cap", { maxOutputTokens: 9 }, { max_tokens: 9 }, []],
    ["temperature above 1", { temperature: 1.7 }, { temperature: 1 }, ["temperature"]],
    ["temperature excludes top_p", { temperature: 0.2, topP: 0.5 }, { temperature: 0.2, top_p: undefined }, ["top_p"]],
    ["stop", { stop: ["a", " "] }, { stop_sequences: ["a"] }, ["stop"]],
    ["end user", { user: "u" }, { metadata: { user_id: "u" } }, []],
    ["service tier", { serviceTier: "default" }, { service_tier: "standard_only" }, []],
    ["another service tier", { serviceTier: "flex" }, { service_tier: undefined }, ["service_tier"]],
    [
      "what has no counterpart",
      {
        n: 2,
        seed: 0,
        logprobs: true,
        topLogprobs: 3,
        presencePenalty: 1,
        frequencyPenalty: 1,
        responseFormat: { type: "json" },
        prediction: { type: "content" },
        modalities: ["text", "audio"],
        audio: { voice: "a" },
        metadata: { a: "b" },
        extra: { store: true },
      },
      { seed: undefined },
      [
        "response_format",
        "n",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "logprobs",
        "top_logprobs",
        "prediction",
        "modalities",
        "audio",
        "metadata",
        "store",
      ],
    ],
    [
      "neutral values ask for nothing",
      { n: 1, presencePenalty: 0, logprobs: false, modalities: ["text"], metadata: {}, serviceTier: "auto", topP: 1 },
      { top_p: undefined },
      [],
    ],
    [
      "tools are required to have a schema",
      { tools: [{ name: "f" }] },
      { tools: [{ name: "f", input_schema: { type: "object", properties: {} } }] },
      [],
    ],
    [
      "a forced tool",
      { tools: [{ name: "f" }], toolChoice: { name: "f" } },
      { tool_choice: { type: "tool", name: "f" } },
      [],
    ],
    [
      "any tool, one at a time",
      { tools: [{ name: "f" }], toolChoice: "required", parallelToolCalls: false },
      { tool_choice: { type: "any", disable_parallel_tool_use: true } },
      [],
    ],
    [
      "one at a time by choice",
      { tools: [{ name: "f" }], parallelToolCalls: false },
      { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
      [],
    ],
    ["a choice without tools", { toolChoice: "none" }, { tool_choice: undefined }, []],
    [
      "a choice nobody knows",
      { tools: [{ name: "f" }], toolChoice: { raw: { type: "allowed_tools" } } },
      { tool_choice: undefined },
      ["tool_choice"],
    ],
    [
      "another maker's tool",
      { tools: [{ name: "w", builtin: { dialect: "openai-chat", kind: "custom", raw: {} } }] },
      { tools: undefined },
      ["tools[].custom"],
    ],
  ])("%s", (_name, fields, expected, warnings) => {
    const formatted = format(fields);
    for (const [key, value] of Object.entries(expected)) expect([key, formatted.body[key]]).toEqual([key, value]);
    expect(formatted.warnings).toEqual(warnings);
  });

  test("a schema is honoured natively where the model can, and never by a forced tool", () => {
    const schema: JsonObject = {
      type: "object",
      properties: {
        age: { type: "integer", minimum: 0, description: "years" },
        tags: { type: "array", items: { oneOf: [{ type: "string" }] } },
      },
    };
    const fields: Partial<ChatRequest> = { responseFormat: { type: "json-schema", schema } };
    expect(format(fields).body["output_config"]).toEqual({
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          additionalProperties: false,
          properties: {
            age: { type: "integer", description: "years\n\n{minimum: 0}" },
            tags: { type: "array", items: { anyOf: [{ type: "string" }] } },
          },
        },
      },
    });
    const old = format(fields, "claude-3-5-haiku-latest");
    expect(old.body["output_config"]).toBeUndefined();
    expect(old.body["tools"]).toBeUndefined();
    expect(old.warnings).toEqual(["response_format"]);
  });

  test("strict tools are sent where they can be compiled", () => {
    const tools = [{ name: "f", strict: true, parameters: { type: "object", properties: {} } as JsonObject }];
    expect(format({ tools }).body["tools"]).toEqual([
      { name: "f", input_schema: { type: "object", properties: {}, additionalProperties: false }, strict: true },
    ]);
    expect(format({ tools }, "claude-3-haiku-20240307").warnings).toEqual(["tools[].function.strict"]);
  });

  test("what the target refuses is deleted and named", () => {
    const traits = { model: "m", vendor: "x", refuses: ["temperature"] };
    const { body, warnings } = anthropicMessages.formatRequest(foreign({ temperature: 0 }), { traits, stream: true });
    expect(body["temperature"]).toBeUndefined();
    expect(body["stream"]).toBe(true);
    expect(warnings).toEqual(["temperature"]);
  });
});
