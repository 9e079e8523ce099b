/** Requests of other dialects as Cohere takes them, its errors, and the ends of its streams. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest, Message } from "../../../src/canonical/chat.ts";
import type { FailureClass } from "../../../src/canonical/errors.ts";
import { cohere } from "../../../src/dialects/cohere/cohere.ts";

function format(request: Partial<ChatRequest>) {
  const { body, warnings } = cohere.formatRequest(
    {
      operation: "chat",
      dialect: "openai-chat",
      model: "m",
      stream: false,
      messages: [{ role: "user", content: "Hi" }],
      ...request,
    },
    { traits: { model: "command-a", vendor: "cohere" }, stream: false },
  );
  const { model: _model, messages, ...fields } = body;
  return { messages, fields, warnings };
}

describe("messages", () => {
  test("text before calls is the plan, results follow one by one, images behind them", () => {
    const image = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "aaaa" } } as const;
    const messages: Message[] = [
      { role: "developer", content: "Be kind." },
      { role: "user", content: "?" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm", signature: { origin: "anthropic", value: "s" } },
          { type: "text", text: "I will look." },
          { type: "tool-call", id: "c1", name: "f", arguments: "" },
          { type: "tool-call", id: "c2", name: "g", arguments: '{"a":1' },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool-result", toolCallId: "c1", content: [{ type: "text", text: "1" }, image] },
          { type: "tool-result", toolCallId: "c2", content: "" },
          { type: "text", text: "So?" },
        ],
      },
    ];
    expect(format({ messages }).messages).toEqual([
      { role: "system", content: "Be kind." },
      { role: "user", content: "?" },
      {
        role: "assistant",
        tool_calls: [
          { id: "c1", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "c2", type: "function", function: { name: "g", arguments: '{"a":1' } },
        ],
        tool_plan: "I will look.",
      },
      { role: "tool", tool_call_id: "c1", content: "1" },
      { role: "tool", tool_call_id: "c2", content: "(empty)" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,aaaa" } },
          { type: "text", text: "So?" },
        ],
      },
    ]);
  });
  test("a system prompt alone is asked", () => {
    expect(format({ messages: [{ role: "system", content: "Hi" }] }).messages).toEqual([
      { role: "user", content: "Hi" },
    ]);
  });
  test("what it cannot hold is named", () => {
    const content = [
      { type: "audio", source: { kind: "base64", mediaType: "audio/wav", data: "a" } },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "a" } },
      { type: "text", text: "?" },
    ] as const;
    expect(format({ messages: [{ role: "user", content: [...content] }] }).warnings).toEqual([
      "messages[].content[].input_audio",
      "messages[].content[].file",
    ]);
  });
});

describe("fields", () => {
  const tools = [{ name: "f", parameters: { type: "object" } }, { name: "g" }];
  test.each<[Partial<ChatRequest>, object, string[]]>([
    [{ temperature: 1.5, topP: 1, topK: 3, seed: 7 }, { temperature: 1, k: 3, seed: 7 }, ["temperature"]],
    [{ topK: -1 }, { k: 0 }, []],
    [{ topK: 900 }, { k: 500 }, ["top_k"]],
    [
      { topP: 0.001, frequencyPenalty: -1, presencePenalty: 2 },
      { p: 0.01, presence_penalty: 1 },
      ["frequency_penalty", "presence_penalty"],
    ],
    [
      { stop: ["1", "2", "3", "4", "5", "6"], maxOutputTokens: 5 },
      { stop_sequences: ["1", "2", "3", "4", "5"], max_tokens: 5 },
      ["stop"],
    ],
    [{ responseFormat: { type: "json" } }, { response_format: { type: "json_object" } }, []],
    [
      { responseFormat: { type: "json-schema", schema: { type: "object" } } },
      { response_format: { type: "json_object", json_schema: { type: "object" } } },
      [],
    ],
    [{ reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }, []],
    [{ reasoning: { effort: "low" } }, { thinking: { type: "enabled", token_budget: 1000 } }, []],
    [{ n: 2, logprobs: true, topLogprobs: 3, user: "u" }, { logprobs: true }, ["n", "top_logprobs", "user"]],
  ])("%o", (request, expected, warned) => {
    const { fields, warnings } = format(request);
    expect(fields).toEqual(expected as never);
    expect(warnings.toSorted()).toEqual(warned);
  });
  test.each<[ChatRequest["toolChoice"], unknown, string[]]>([
    ["required", "REQUIRED", ["f", "g"]],
    ["none", "NONE", ["f", "g"]],
    ["auto", undefined, ["f", "g"]],
    [{ name: "g" }, "REQUIRED", ["g"]],
  ])("tool choice %p", (toolChoice, expected, names) => {
    const { fields, warnings } = format({ tools, toolChoice });
    expect(fields["tool_choice"]).toBe(expected as never);
    expect((fields["tools"] as { function: { name: string } }[]).map((tool) => tool.function.name)).toEqual(names);
    expect(warnings).toEqual([]);
  });
  test("a schema beside tools is named", () => {
    expect(format({ tools, responseFormat: { type: "json" } }).warnings).toEqual(["response_format"]);
  });
});

describe("errors", () => {
  test.each<[number, string, FailureClass]>([
    [404, "model 'command-r' was removed on September 15, 2025.", "model_not_found"],
    [400, "invalid request: too many tokens: total number of tokens cannot exceed 4081", "context_length"],
    [401, "invalid api token", "auth"],
    [429, "You are using a Trial key, which is limited to 1000 API calls / month.", "quota_exhausted"],
    [429, "You are using a Trial key, which is limited to 20 API calls / minute.", "rate_limited"],
    [400, "invalid request: thinking is not supported by this model", "unsupported"],
    [400, "invalid request: message must be at least 1 token long", "invalid"],
    [499, "request cancelled", "server"],
  ])("%d %s", (status, message, expected) => {
    expect(cohere.parseError(status, new Headers(), JSON.stringify({ id: "x", message }))).toMatchObject({
      class: expected,
      message,
      status,
    });
  });
});

describe("the end of a stream", () => {
  const START = 'data: {"type":"message-start","id":"1"}\n\n';
  const end = (delta: object) => `data: ${JSON.stringify({ type: "message-end", delta })}\n\n`;
  const failureOf = (text: string) => {
    const reader = cohere.frameReader();
    return [...reader.push(Buffer.from(text)), ...reader.end()].find(({ failure }) => failure)?.failure;
  };
  test.each<[string, string, FailureClass | undefined]>([
    ["a finish", START + end({ finish_reason: "MAX_TOKENS" }), undefined],
    ["none", START, "truncated"],
    ["a failure of the model", START + end({ finish_reason: "ERROR", error: "it broke" }), "server"],
    ["a timeout of the model", START + end({ finish_reason: "TIMEOUT" }), "server"],
    ["a bare error", 'data: {"message":"too many requests"}\n\n', "rate_limited"],
    ["only the end mark", "data: [DONE]\n\n", "malformed"],
  ])("with %s", (_, text, expected) => expect(failureOf(text)?.class).toBe(expected!));
});

test("usage counts what is billed, never the template around it", () => {
  const usage = {
    billed_units: { input_tokens: 65, output_tokens: 63 },
    tokens: { input_tokens: 508, output_tokens: 86, reasoning_tokens: 28 },
    cached_tokens: 144,
  };
  const answer = cohere.parseReply({
    id: "1",
    message: { content: [{ type: "text", text: "a" }] },
    finish_reason: "COMPLETE",
    usage,
  });
  expect(answer.usage).toMatchObject({ input: 65, cacheRead: 0, output: 35, reasoning: 28 });
});

test("a call without arguments has empty ones", () => {
  const event = (type: string, calls?: object) =>
    `data: ${JSON.stringify({ type, index: 0, delta: { message: { tool_calls: calls } } })}\n\n`;
  const start = event("tool-call-start", { id: "c1", function: { name: "f", arguments: "" } });
  const pieces = cohere.frameReader().push(Buffer.from(start + event("tool-call-end")));
  expect(pieces.flatMap(({ events }) => events ?? [])).toEqual([
    { type: "tool-call", choice: 0, part: 0, id: "c1", name: "f" },
    { type: "arguments", choice: 0, part: 0, json: "{}" },
  ]);
});
