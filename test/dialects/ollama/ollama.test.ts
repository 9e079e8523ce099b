/** Requests of other dialects as Ollama takes them, its errors, and lines of every kind. */
import { describe, expect, test } from "bun:test";
import type { ChatRequest, Message } from "../../../src/canonical/chat.ts";
import type { FailureClass } from "../../../src/canonical/errors.ts";
import { collect } from "../../../src/canonical/events.ts";
import { ollama } from "../../../src/dialects/ollama/ollama.ts";

function format(request: Partial<ChatRequest>, model = "llama3.2") {
  const { body, warnings } = ollama.formatRequest(
    {
      operation: "chat",
      dialect: "openai-chat",
      model: "m",
      stream: false,
      messages: [{ role: "user", content: "Hi" }],
      ...request,
    },
    { traits: { model, vendor: "ollama" }, stream: request.stream === true },
  );
  const { model: _model, messages, ...fields } = body;
  return { messages, fields, warnings };
}

test("arguments are objects, results name their function, images are bytes", () => {
  const messages: Message[] = [
    {
      role: "user",
      content: [
        { type: "text", text: "?" },
        { type: "image", source: { kind: "base64", mediaType: "image/png", data: "aaaa" } },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "mine" },
        { type: "reasoning", text: "signed", signature: { origin: "gemini", value: "s" } },
        { type: "tool-call", id: "c1", name: "f", arguments: '{"a":1}' },
        { type: "tool-call", id: "c2", name: "g", arguments: '{"cut":' },
      ],
    },
    { role: "tool", content: [{ type: "tool-result", toolCallId: "c1", content: "1" }] },
    { role: "tool", content: [{ type: "tool-result", toolCallId: "c2", content: "2" }] },
  ];
  expect(format({ messages }).messages).toEqual([
    { role: "user", content: "?", images: ["aaaa"] },
    {
      role: "assistant",
      content: "",
      thinking: "mine",
      tool_calls: [
        { id: "c1", function: { name: "f", arguments: { a: 1 } } },
        { id: "c2", function: { name: "g", arguments: { arguments: '{"cut":' } } },
      ],
    },
    { role: "tool", content: "1", tool_name: "f", tool_call_id: "c1" },
    { role: "tool", content: "2", tool_name: "g", tool_call_id: "c2" },
  ]);
});

test.each<[Partial<ChatRequest>, object, string[]]>([
  [{}, { stream: false }, []],
  [{ stream: true }, { stream: true }, []],
  [
    { temperature: 0, seed: 42, maxOutputTokens: 9, stop: ["x"] },
    { stream: false, options: { temperature: 0, seed: 42, num_predict: 9, stop: ["x"] } },
    [],
  ],
  [{ responseFormat: { type: "json" } }, { stream: false, format: "json" }, []],
  [
    { responseFormat: { type: "json-schema", schema: { type: "object" } } },
    { stream: false, format: { type: "object" } },
    [],
  ],
  [{ reasoning: { effort: "high" } }, { stream: false, think: true }, []],
  [{ reasoning: { effort: "none" } }, { stream: false, think: false }, []],
  [{ tools: [{ name: "f" }], toolChoice: "none" }, { stream: false }, []],
  [{ logprobs: true, topLogprobs: 2, n: 3 }, { stream: false, logprobs: true, top_logprobs: 2 }, ["n"]],
])("%o", (request, expected, warned) => {
  const { fields, warnings } = format(request);
  expect(fields).toEqual(expected as never);
  expect(warnings).toEqual(warned);
});

test("levels of thought are gpt-oss's alone", () => {
  expect(format({ reasoning: { effort: "xhigh" } }, "gpt-oss:20b").fields["think"]).toBe("high");
});

test("that a tool must be called cannot be said", () => {
  const { fields, warnings } = format({ tools: [{ name: "f" }], toolChoice: "required" });
  expect(fields["tools"]).toHaveLength(1);
  expect(warnings).toEqual(["tool_choice"]);
});

test("an address of an image is named", () => {
  const messages: Message[] = [
    { role: "user", content: [{ type: "image", source: { kind: "url", url: "https://h/a.png" } }] },
  ];
  expect(format({ messages }).warnings).toEqual(["messages[].content[].image_url"]);
});

describe("errors", () => {
  test.each<[number, string, FailureClass]>([
    [404, "model 'nope:latest' not found", "model_not_found"],
    [400, "registry.ollama.ai/library/gemma:2b does not support tools", "unsupported"],
    [400, 'think value "low" is not supported for this model', "unsupported"],
    [500, "the prompt exceeds the available context size", "context_length"],
    [503, "server busy, please try again.  maximum pending requests exceeded", "overloaded"],
    [500, "model requires more system memory (9 GiB) than is available", "server"],
    [429, "you've reached your hourly usage limit, please upgrade", "quota_exhausted"],
    [401, "unauthorized", "auth"],
  ])("%d %s", (status, error, expected) => {
    expect(ollama.parseError(status, new Headers(), JSON.stringify({ error }))).toMatchObject({
      class: expected,
      message: error,
      status,
    });
  });
});

describe("lines", () => {
  const line = (message: object, fields: object = { done: false }) =>
    JSON.stringify({ model: "m", created_at: "2026-11-20T12:00:00.5Z", message, ...fields });
  const DONE = line({ content: "" }, { done: true, done_reason: "stop" });
  const read = (text: string) => {
    const reader = ollama.frameReader();
    const pieces = [...reader.push(Buffer.from(text)), ...reader.end()];
    return {
      failure: pieces.find(({ failure }) => failure)?.failure,
      answer: collect(pieces.flatMap(({ events }) => events ?? [])),
    };
  };
  const said = (text: string) => read(text).answer.choices[0]?.message.content;

  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["blank lines", "\n\n"],
  ])("end in %s", (_, end) => {
    expect(said([line({ content: "a" }), line({ content: "b" }), DONE, ""].join(end))).toEqual([
      { type: "text", text: "ab" },
    ]);
  });
  test("the last one needs no end", () => {
    expect(read(`${line({ content: "a" })}\n${DONE}`).failure).toBeUndefined();
  });
  test("a broken one is left out", () => {
    expect(said([line({ content: "a" }), '{"model', line({ content: "b" }), DONE].join("\n"))).toEqual([
      { type: "text", text: "ab" },
    ]);
  });
  test("an error in the middle ends the reply", () => {
    const { failure } = read(
      [line({ content: "a" }), '{"error":"llama runner process has terminated"}', DONE].join("\n"),
    );
    expect(failure).toEqual({ class: "server", message: "llama runner process has terminated" });
  });
  test("no done: cut", () => {
    expect(read(`${line({ content: "a" })}\n`).failure?.class).toBe("truncated");
  });
  test("calls without ids get their own, the same at every reading", () => {
    const call = { content: "", tool_calls: [{ function: { name: "f", arguments: {} } }] };
    const text = [line(call), line(call), DONE].join("\n");
    const calls = said(text) as { id: string }[];
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    expect(said(text)).toEqual(calls as never);
    expect(read(text).answer.choices[0]!.finish).toEqual({ unified: "tool-calls", raw: "stop" });
  });
});
