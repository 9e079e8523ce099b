import { describe, expect, test } from "bun:test";
import type { JsonObject, Part } from "../../../src/canonical/chat.ts";
import type { Answer, ReplyEvent } from "../../../src/canonical/events.ts";
import type { WriterOptions } from "../../../src/dialects/dialect.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";

const OPTIONS: WriterOptions = { includeUsage: true, requestId: "r7", createdSeconds: 99 };
const answer = (content: Part[], others: Partial<Answer> = {}): Answer => ({
  id: "",
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content }, finish: { unified: "stop", raw: "end_turn" } }],
  ...others,
});
const messageOf = (body: JsonObject) => (body["choices"] as { message: JsonObject }[])[0]!.message;

describe("a whole answer of another dialect", () => {
  test.each<[string, Part[], JsonObject]>([
    [
      "text",
      [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
      { content: "ab" },
    ],
    ["nothing", [], { content: "" }],
    [
      "signed thinking",
      [
        { type: "reasoning", text: "hm", signature: { origin: "anthropic", value: "s" } },
        { type: "reasoning", text: "", redacted: { origin: "anthropic", value: "e" } },
        { type: "text", text: "a" },
      ],
      {
        content: "a",
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", text: "hm", signature: "s", format: "anthropic" },
          { type: "reasoning.encrypted", data: "e", format: "anthropic" },
        ],
      },
    ],
    ["thinking without a signature", [{ type: "reasoning", text: "hm" }], { content: "", reasoning_content: "hm" }],
    [
      "a call that Gemini signed",
      [{ type: "tool-call", id: "t", name: "f", arguments: "{}", signature: { origin: "gemini", value: "g" } }],
      {
        content: null,
        tool_calls: [
          {
            id: "t",
            type: "function",
            function: { name: "f", arguments: "{}" },
            extra_content: { google: { thought_signature: "g" } },
          },
        ],
      },
    ],
    [
      "citations with an address",
      [
        {
          type: "text",
          text: "a",
          citations: [
            { kind: "url", url: "https://e.com", title: "E", start: 1, end: 2, of: "document" },
            { kind: "document", documentIndex: 0 },
          ],
        },
      ],
      {
        content: "a",
        annotations: [
          { type: "url_citation", url_citation: { url: "https://e.com", title: "E", start_index: 0, end_index: 0 } },
        ],
      },
    ],
    [
      "an image",
      [{ type: "image", source: { kind: "base64", mediaType: "image/png", data: "AA" } }],
      { content: "", images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] },
    ],
  ])("%s", (_, content, expected) => {
    expect(messageOf(openaiChat.formatReply(answer(content), OPTIONS))).toEqual({
      role: "assistant",
      refusal: null,
      ...expected,
    });
  });

  test("has an id, a time and only its own extras", () => {
    const body = openaiChat.formatReply(answer([], { extra: { system_fingerprint: "f", container: {} } }), OPTIONS);
    expect(body).toMatchObject({ id: "chatcmpl-r7", object: "chat.completion", created: 99, system_fingerprint: "f" });
    expect(body).not.toHaveProperty("container");
  });

  test.each([
    ["stop", "end_turn", "stop"],
    ["length", "max_tokens", "length"],
    ["tool-calls", "tool_use", "tool_calls"],
    ["tool-calls", "function_call", "function_call"],
    ["content-filter", "SAFETY", "content_filter"],
    ["refusal", "refusal", "content_filter"],
    ["pause", "pause_turn", "stop"],
    ["other", "weird", "stop"],
  ] as const)("finish %s (%s) is %s", (unified, raw, expected) => {
    const whole = answer([]);
    whole.choices[0]!.finish = { unified, raw };
    expect(openaiChat.formatReply(whole, OPTIONS)["choices"]).toMatchObject([{ finish_reason: expected }]);
  });
});

describe("a whole answer of a chat server", () => {
  const parse = (message: JsonObject) =>
    openaiChat.parseReply({ id: "x", model: "m", choices: [{ index: 0, message, finish_reason: "stop" }] }).choices[0]!
      .message.content;

  test.each<[string, JsonObject, object[]]>([
    [
      "reasoning under one name",
      { content: "a", reasoning: "h" },
      [
        { type: "reasoning", text: "h" },
        { type: "text", text: "a" },
      ],
    ],
    [
      "or both",
      { content: "a", reasoning: "h", reasoning_content: "h" },
      [
        { type: "reasoning", text: "h" },
        { type: "text", text: "a" },
      ],
    ],
    [
      "encrypted reasoning beside its summary",
      {
        content: "a",
        reasoning: "sum",
        reasoning_details: [{ type: "reasoning.encrypted", data: "e", format: "openai-responses-v1" }],
      },
      [
        { type: "reasoning", text: "sum" },
        { type: "reasoning", redacted: { origin: "openai-chat", value: "openai-responses-v1|e" } },
        { type: "text", text: "a" },
      ],
    ],
    [
      "a call of 2023",
      { content: null, function_call: { name: "f", arguments: "{}" } },
      [{ type: "tool-call", name: "f", arguments: "{}" }],
    ],
    [
      "arguments as an object",
      { tool_calls: [{ id: "a", function: { name: "f", arguments: { x: 1 } } }] },
      [{ id: "a", arguments: '{"x":1}' }],
    ],
    [
      "arguments cut short",
      { tool_calls: [{ id: "a", function: { name: "f", arguments: '{"x":' } }] },
      [{ arguments: '{"x":' }],
    ],
    [
      "a custom call",
      { tool_calls: [{ id: "a", type: "custom", custom: { name: "f", input: "ls" } }] },
      [{ custom: true, arguments: "ls" }],
    ],
    [
      "Mistral's list",
      {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "h" }] },
          { type: "text", text: "a" },
        ],
      },
      [
        { type: "reasoning", text: "h" },
        { type: "text", text: "a" },
      ],
    ],
    ["empty text", { content: "" }, []],
  ])("%s", (_, message, expected) => {
    expect(parse(message)).toMatchObject(expected as never);
    expect(parse(message)).toHaveLength(expected.length);
  });

  test("an error inside a 200 has a class", () => {
    const body = { error: { message: "Provider returned error", code: 429, metadata: { raw: "slow down" } } };
    expect(() => openaiChat.parseReply(body)).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ class: "rate_limited", status: 429 }) }),
    );
  });
});

describe("a stream of another dialect's events", () => {
  const START: ReplyEvent = { type: "start", id: "msg_1", model: "claude", createdSeconds: 5 };
  const FINISH: ReplyEvent = { type: "finish", choice: 0, reason: { unified: "stop", raw: "end_turn" } };
  const USAGE: ReplyEvent = {
    type: "usage",
    usage: { input: 3, cacheRead: 4, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0 },
  };
  const write = (events: ReplyEvent[], options: Partial<WriterOptions> = {}) => {
    const writer = openaiChat.frameWriter({ ...OPTIONS, ...options });
    const text = Buffer.concat([writer.write(events), writer.end()]).toString();
    expect(text).toEndWith("data: [DONE]\n\n");
    return text
      .split("\n\n")
      .slice(0, -2)
      .map((frame) => JSON.parse(frame.slice("data: ".length)));
  };
  const deltas = (events: ReplyEvent[]) => write([START, ...events, FINISH]).map((chunk) => chunk.choices[0].delta);

  test("opens with the role and ends with usage in a chunk of its own", () => {
    const chunks = write([START, USAGE, { type: "text", choice: 0, part: 0, text: "a" }, FINISH], {
      costUsd: () => "0.1",
    });
    expect(chunks.map(({ choices }) => choices[0]?.delta ?? null)).toEqual([
      { role: "assistant", content: "" },
      { content: "a" },
      {},
      null,
    ]);
    expect(chunks[3].usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 2, cost_usd: "0.1" });
    expect(new Set(chunks.map(({ id, created, model, object }) => `${id} ${created} ${model} ${object}`))).toEqual(
      new Set(["msg_1 5 claude chat.completion.chunk"]),
    );
  });

  test("without usage for a client that did not ask", () => {
    expect(JSON.stringify(write([START, USAGE, FINISH], { includeUsage: false }))).not.toContain("usage");
  });

  test("numbers parallel calls and tells id, type and name once", () => {
    const events: ReplyEvent[] = [
      { type: "tool-call", choice: 0, part: 0, id: "a", name: "f" },
      { type: "arguments", choice: 0, part: 0, json: "{" },
      { type: "tool-call", choice: 0, part: 2, id: "b", name: "g", custom: true },
      { type: "arguments", choice: 0, part: 2, json: "ls" },
      { type: "arguments", choice: 0, part: 0, json: "}" },
    ];
    expect(deltas(events).slice(1, -1)).toEqual([
      { tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "{" } }] },
      { tool_calls: [{ index: 1, id: "b", type: "custom", custom: { name: "g", input: "" } }] },
      { tool_calls: [{ index: 1, custom: { input: "ls" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "}" } }] },
    ]);
  });

  test("tells a signature together with the text it signs", () => {
    const events: ReplyEvent[] = [
      { type: "reasoning", choice: 0, part: 0, text: "h" },
      { type: "reasoning", choice: 0, part: 0, text: "m" },
      { type: "signature", choice: 0, part: 0, signature: { origin: "anthropic", value: "s" } },
    ];
    expect(deltas(events)[3]).toEqual({
      reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s", format: "anthropic" }],
    });
  });

  test("goes on where another upstream stopped, without a second role", () => {
    const first = openaiChat.frameWriter(OPTIONS).write([START, { type: "text", choice: 0, part: 0, text: "a" }]);
    const writer = openaiChat.frameWriter(OPTIONS);
    writer.resume([{ mark: "content", bytes: first }]);
    const more = writer.write([
      { type: "start", id: "other", model: "gpt" },
      { type: "text", choice: 0, part: 0, text: "b" },
    ]);
    expect(Buffer.from(more).toString()).toBe(
      'data: {"id":"msg_1","object":"chat.completion.chunk","created":5,"model":"claude","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":null}]}\n\n',
    );
  });
});
