import { describe, expect, test } from "bun:test";
import type { ChatRequest, Json, JsonObject, Message } from "../../../src/canonical/chat.ts";
import type { BodyChanges, TargetTraits } from "../../../src/dialects/dialect.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";
import { splice } from "../../../src/dialects/splice.ts";
import { fixturesOf } from "../fixtures.ts";

const USER = { role: "user", content: "hi" };
const everything = fixturesOf("openai-chat").requests.find(([name]) => name === "request-everything.json")![1];

function changes(traits: Partial<TargetTraits> = {}, others: Partial<BodyChanges> = {}): BodyChanges {
  return { traits: { model: "m", vendor: "openai", ...traits }, stream: false, ...others };
}

function edited(body: JsonObject, change: BodyChanges): { body: JsonObject; warnings: string[] } {
  const { edits, warnings } = openaiChat.edits(body, change)!;
  return { body: JSON.parse(Buffer.from(splice(Buffer.from(JSON.stringify(body)), edits)).toString()), warnings };
}

describe("the gateway's own 400s", () => {
  test.each<[JsonObject, string]>([
    [{ messages: [USER] }, "model"],
    [{ model: null, messages: [USER] }, "model"],
    [{ model: "", messages: [USER] }, "model"],
    [{ model: 4, messages: [USER] }, "model"],
    [{ model: "m" }, "messages"],
    [{ model: "m", messages: [] }, "messages"],
    [{ model: "m", messages: "hi" }, "messages"],
    [{ model: "m", messages: [USER], stream: "true" }, "stream"],
    [{ model: "m", messages: [USER], stream: 1 }, "stream"],
  ])("%j blames %s", (body, param) => {
    expect(() => openaiChat.inspect(body)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
  });

  test.each<[Json, string]>([
    ["hi", "messages[1]"],
    [{ role: "robot", content: "x" }, "messages[1].role"],
    [{ role: "user", content: 5 }, "messages[1].content"],
    [{ role: "user", content: ["x"] }, "messages[1].content[0]"],
    [{ role: "tool", content: "x" }, "messages[1].tool_call_id"],
    [{ role: "assistant", tool_calls: [1] }, "messages[1].tool_calls[0]"],
  ])("message %j cannot be translated: %s", (message, param) => {
    const body = { model: "m", messages: [USER, message] };
    expect(() => openaiChat.parseRequest(body)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
  });
});

test.each<[JsonObject, object]>([
  [{}, { stream: false, choices: 1, wantsUsage: false }],
  [
    { stream: null, max_tokens: null, n: null },
    { stream: false, choices: 1 },
  ],
  [
    { stream: true, stream_options: { include_usage: true } },
    { stream: true, wantsUsage: true },
  ],
  [{ stream_options: { include_usage: false } }, { wantsUsage: false }],
  [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
  [{ max_tokens: 5, max_completion_tokens: 6 }, { maxOutputTokens: 6 }],
  [
    { n: 3, user: "u" },
    { choices: 3, user: "u" },
  ],
  [{ n: "3" }, { choices: 3 }],
  [{ n: "many" }, { choices: 1 }],
])("facts of %j", (fields, facts) => {
  expect(openaiChat.inspect({ model: "m", messages: [USER], ...fields })).toMatchObject({ model: "m", ...facts });
});

describe("edits for a target", () => {
  const base: JsonObject = { model: "m", messages: [USER] };
  const stream = { stream: true };
  test.each<[string, JsonObject, BodyChanges, JsonObject]>([
    ["the model", base, changes({ model: "n" }), { model: "n" }],
    [
      "usage is asked for",
      { ...base, stream: true },
      changes({}, stream),
      { stream: true, stream_options: { include_usage: true } },
    ],
    [
      "beside the client's own options",
      { ...base, stream: true, stream_options: { x: 1 } },
      changes({}, stream),
      { stream: true, stream_options: { x: 1, include_usage: true } },
    ],
    [
      "unless the target takes no options",
      { ...base, stream: true, stream_options: { include_usage: true } },
      changes({ streamOptions: false }, stream),
      { stream: true },
    ],
    ["a cap where there is none", base, changes({}, { maxOutputTokens: 9 }), { max_tokens: 9 }],
    [
      "a cap under the client's name",
      { ...base, max_completion_tokens: 50 },
      changes({}, { maxOutputTokens: 9 }),
      { max_completion_tokens: 9 },
    ],
    [
      "a cap under the target's name",
      { ...base, max_tokens: 50 },
      changes({ maxTokensField: "max_completion_tokens" }, { maxOutputTokens: 9 }),
      { max_completion_tokens: 9 },
    ],
    [
      "the limit's name",
      { ...base, max_tokens: 50 },
      changes({ maxTokensField: "max_completion_tokens" }),
      { max_completion_tokens: 50 },
    ],
    [
      "the older name",
      { ...base, max_completion_tokens: 50, max_tokens: 60 },
      changes({ maxTokensField: "max_tokens" }),
      { max_tokens: 50 },
    ],
    [
      "two names of one limit",
      { ...base, max_completion_tokens: 50, max_tokens: 60 },
      changes({ maxTokensField: "max_completion_tokens" }),
      { max_completion_tokens: 50 },
    ],
    ["nothing is sent that was not", base, changes({ maxTokensField: "max_tokens", refuses: ["seed"] }), {}],
  ])("%s", (_, body, change, expected) => {
    const whole = { model: "m", messages: [USER], ...expected };
    expect(edited(body, change)).toEqual({ body: whole, warnings: [] });
    expect(openaiChat.formatRequest(openaiChat.parseRequest(body), change)).toEqual({ body: whole, warnings: [] });
  });

  test("what the target refuses is left out and named", () => {
    const body = { ...base, seed: 1, temperature: null };
    const change = changes({ refuses: ["seed", "temperature", "top_p"] });
    expect(edited(body, change)).toEqual({ body: base, warnings: ["seed"] });
    expect(openaiChat.formatRequest(openaiChat.parseRequest(body), change)).toEqual({ body: base, warnings: ["seed"] });
  });

  const message = (...messages: JsonObject[]): JsonObject => ({ model: "m", messages });
  const calls = (id: string, extra: JsonObject = {}): JsonObject => ({
    role: "assistant",
    content: null,
    tool_calls: [{ id, type: "function", function: { name: "f", arguments: "{}" }, ...extra }],
  });
  const thought: JsonObject = {
    role: "assistant",
    content: "4",
    reasoning_content: "2+2",
    reasoning_details: [
      { type: "reasoning.text", text: "2+2", signature: "s", format: "anthropic" },
      { type: "reasoning.text", text: "2+2", signature: "t", format: "anthropic-claude-v1" },
    ],
  };
  const ownDetail = (thought["reasoning_details"] as Json[])[1]!;
  const google = { extra_content: { google: { thought_signature: "g" } } };
  test.each<[string, JsonObject, Partial<TargetTraits>, JsonObject]>([
    [
      "developer becomes system",
      message({ role: "developer", content: "x" }),
      { developerRole: false },
      message({ role: "system", content: "x" }),
    ],
    [
      "ids fit Mistral",
      message(calls("call_abc"), { role: "tool", tool_call_id: "call_abc", content: "x" }),
      { toolCallIds: "mistral" },
      message(calls("p1RjyMGh8"), { role: "tool", tool_call_id: "p1RjyMGh8", content: "x" }),
    ],
    ["ids that fit stay", message(calls("abcDEF123")), { toolCallIds: "mistral" }, message(calls("abcDEF123"))],
    [
      "reasoning under the target's name, another maker's signature left out",
      message(thought),
      { reasoningField: "reasoning" },
      message({ role: "assistant", content: "4", reasoning: "2+2", reasoning_details: [ownDetail] }),
    ],
    [
      "no reasoning where the target has no field",
      message(thought),
      { reasoningField: "none" },
      message({ role: "assistant", content: "4" }),
    ],
    [
      "Gemini's signature stays where Gemini may be",
      message(calls("a", google)),
      { vendor: "openrouter" },
      message(calls("a", google)),
    ],
    ["and nowhere else", message(calls("a", google)), {}, message(calls("a"))],
  ])("%s", (_, body, traits, expected) => {
    expect(edited(body, changes(traits)).body).toEqual(expected);
    expect(openaiChat.formatRequest(openaiChat.parseRequest(body), changes(traits)).body).toEqual(expected);
  });

  test("odd values do not stop the gateway", () => {
    const body = {
      model: "m",
      messages: [1, null, { role: 3 }, { role: "assistant", tool_calls: [null, {}] }],
      stream_options: [],
    };
    const strict = changes({ toolCallIds: "mistral", developerRole: false, reasoningField: "none" }, stream);
    expect(edited(body as JsonObject, strict).body["stream_options"]).toEqual({ include_usage: true });
  });
});

describe("the canonical form", () => {
  test("of everything", () => {
    const request = openaiChat.parseRequest(everything);
    expect(request).toMatchObject({
      operation: "chat",
      dialect: "openai-chat",
      stream: true,
      includeUsage: true,
      maxOutputTokens: 500,
      n: 2,
      stop: ["END"],
      toolChoice: { name: "get_weather" },
      parallelToolCalls: false,
      responseFormat: { type: "json-schema", name: "answer", strict: true },
      reasoning: { effort: "low" },
    });
    expect(Object.keys(request.extra!).toSorted()).toEqual(["logit_bias", "store", "verbosity", "web_search_options"]);
    const kinds = (message?: Message) =>
      typeof message?.content === "string" ? "string" : (message?.content ?? []).map((part) => part.type);
    expect(request.messages.map(kinds)).toEqual([
      "string",
      ["text"],
      ["text", "image", "image", "audio", "document", "document", "opaque"],
      ["tool-call", "tool-call", "tool-call"],
      ["tool-result"],
      ["tool-result"],
      ["tool-result"],
      "string",
      ["refusal"],
      "string",
    ]);
  });

  test("of reasoning sent back by a client", () => {
    const [, assistant] = openaiChat.parseRequest({
      model: "m",
      messages: [
        USER,
        {
          role: "assistant",
          content: "4",
          reasoning_content: "2+2",
          reasoning_details: [{ type: "reasoning.text", text: "2+2", signature: "s", format: "anthropic" }],
        },
      ],
    }).messages;
    expect(assistant?.content).toEqual([
      { type: "reasoning", text: "2+2", signature: { origin: "anthropic", value: "s" } },
      { type: "text", text: "4" },
    ]);
  });

  test("pairs calls and results of 2023 by function", () => {
    const legacy = fixturesOf("openai-chat").requests.find(([name]) => name.includes("2023"))![1];
    const [, call, result] = openaiChat.parseRequest(legacy).messages;
    expect(call?.content).toMatchObject([{ type: "tool-call", id: "function_call_1", name: "get_weather" }]);
    expect(result?.content).toMatchObject([{ type: "tool-result", toolCallId: "function_call_1" }]);
  });
});

describe("a request of another dialect", () => {
  const foreign = (fields: Partial<ChatRequest>): ChatRequest => ({
    operation: "chat",
    dialect: "anthropic-messages",
    model: "x",
    stream: false,
    messages: [{ role: "user", content: "hi" }],
    ...fields,
  });
  const format = (fields: Partial<ChatRequest>, change = changes()) =>
    openaiChat.formatRequest(foreign(fields), change);

  test("becomes messages: results follow the calls, media behind them", () => {
    const { body, warnings } = format({
      messages: [
        {
          role: "system",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm", signature: { origin: "anthropic", value: "s" } },
            { type: "text", text: "one " },
            { type: "text", text: "two" },
            { type: "tool-call", id: "t1", name: "f", arguments: "{}" },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool-result",
              toolCallId: "t1",
              content: [
                { type: "text", text: "done" },
                { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AAAA" } },
              ],
            },
            { type: "text", text: "next" },
          ],
        },
      ],
    });
    expect(body["messages"]).toEqual([
      { role: "system", content: "a\n\nb" },
      {
        role: "assistant",
        content: "one two",
        tool_calls: [{ id: "t1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "t1", content: "done" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          { type: "text", text: "next" },
        ],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test("thoughts go where the target is known to take them", () => {
    const messages: Message[] = [
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "hm" },
          { type: "text", text: "a" },
        ],
      },
    ];
    const sent = (traits: Partial<TargetTraits>) => format({ messages }, changes(traits)).body["messages"];
    expect(sent({})).toEqual([{ role: "assistant", content: "a" }]);
    expect(sent({ reasoningField: "reasoning" })).toEqual([{ role: "assistant", content: "a", reasoning: "hm" }]);
  });

  test.each<[Partial<ChatRequest>, JsonObject, string[]]>([
    [{ topK: 5 }, {}, ["top_k"]],
    [{ stop: ["1", "2", "3", "4", "5"] }, { stop: ["1", "2", "3", "4"] }, ["stop_sequences"]],
    [{ metadata: { a: "b" } }, {}, ["metadata"]],
    [{ serviceTier: "standard_only" }, {}, ["service_tier"]],
    [{ extra: { container: "c", context_management: null } }, {}, ["container"]],
    [{ reasoning: { budgetTokens: 2_000 } }, {}, ["thinking"]],
    [{ reasoning: { effort: "adaptive" } }, {}, ["thinking"]],
    [{ toolChoice: "auto", parallelToolCalls: true }, {}, []],
    [
      { tools: [{ name: "w", builtin: { dialect: "anthropic-messages", kind: "web_search_20250305", raw: {} } }] },
      {},
      ["tools[].web_search_20250305"],
    ],
    [
      { responseFormat: { type: "json-schema", schema: { type: "object" } } },
      { response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } } },
      [],
    ],
  ])("%j", (fields, expected, warnings) => {
    const formatted = format(fields);
    expect(formatted.warnings).toEqual(warnings);
    expect(formatted.body).toEqual({ model: "m", messages: [USER], ...expected });
  });

  test.each([
    [{ budgetTokens: 2_000 }, "low"],
    [{ budgetTokens: 10_000 }, "medium"],
    [{ budgetTokens: 30_000 }, "high"],
    [{ effort: "max" }, "high"],
    [{ effort: "none" }, "none"],
  ] as const)("thinking %j is effort %s where the model reasons", (reasoning, effort) => {
    expect(format({ reasoning }, changes({ model: "gpt-5" })).body["reasoning_effort"]).toBe(effort);
  });

  test("a field that the target refuses is named as the client calls it", () => {
    expect(format({ stop: ["x"] }, changes({ refuses: ["stop"] })).warnings).toEqual(["stop_sequences"]);
  });
});
