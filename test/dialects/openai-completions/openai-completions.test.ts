import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { collect, type ReplyEvent } from "../../../src/canonical/events.ts";
import type { Piece } from "../../../src/canonical/reply.ts";
import { NO_USAGE } from "../../../src/canonical/usage.ts";
import { openaiCompletions } from "../../../src/dialects/openai-completions/openai-completions.ts";
import { splice } from "../../../src/dialects/splice.ts";

const OPTIONS = { includeUsage: true, requestId: "req_1", createdSeconds: 1 };

test("the prompt is one user message, and the limits stay", () => {
  const request = openaiCompletions.parseRequest({
    model: "m",
    prompt: "Hi",
    max_tokens: 5,
    temperature: 0,
    suffix: "!",
  });
  expect(request.messages).toEqual([{ role: "user", content: "Hi" }]);
  expect(request).toMatchObject({ dialect: "openai-completions", maxOutputTokens: 5, temperature: 0 });
  expect(request.extra).toEqual({ suffix: "!" });
  expect(openaiCompletions.inspect({ model: "m", prompt: ["Hi"], stream: true })).toMatchObject({ stream: true });
});

test.each<[JsonObject]>([[{}], [{ prompt: [] }], [{ prompt: ["a", 1] }], [{ prompt: { id: "x" } }]])(
  "%j is nothing to complete",
  (body) => {
    expect(() => openaiCompletions.inspect({ model: "m", ...body })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "prompt" }),
    );
  },
);

test.each<[JsonObject, number]>([
  [{ prompt: "a" }, 1],
  [{ prompt: [1, 2, 3] }, 1],
  [{ prompt: ["a", "b"], n: 2 }, 4],
  [{ prompt: "a", best_of: "3" }, 3],
  [
    {
      prompt: [
        [1, 2],
        [3, 4],
      ],
      n: 2,
      best_of: 3,
    },
    6,
  ],
])("of %j so many answers are written and paid", (body, choices) => {
  expect(openaiCompletions.inspect({ model: "m", ...body }).choices).toBe(choices);
});

test.each<[JsonObject]>([[{ prompt: ["a", "b"] }], [{ prompt: [1, 2] }], [{ prompt: [[1, 2]] }]])(
  "%j has no counterpart in chat",
  (body) => {
    expect(() => openaiCompletions.parseRequest({ model: "m", ...body })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "prompt" }),
    );
  },
);

test("to its own endpoint a body goes as it came but for model, limit and usage", () => {
  const body = { model: "public", prompt: ["a", [1]], suffix: "!", logprobs: 3, max_tokens: 9, stream: true };
  const { edits, warnings } = openaiCompletions.edits(body as JsonObject, {
    traits: { model: "real", vendor: "openai", maxTokensField: "max_completion_tokens" },
    stream: true,
    maxOutputTokens: 5,
  })!;
  expect(JSON.parse(Buffer.from(splice(Buffer.from(JSON.stringify(body)), edits)).toString())).toEqual({
    ...body,
    model: "real",
    max_tokens: 5,
    stream_options: { include_usage: true },
  });
  expect(warnings).toEqual([]);
});

describe("the endpoint's own stream", () => {
  const chunk = (choices: JsonObject[], more: JsonObject = {}) => ({ id: "cmpl-1", model: "m", choices, ...more });
  const said = (text: string, index = 0, finish: string | null = null) => ({ text, index, finish_reason: finish });
  const frame = (data: JsonObject) => `data: ${JSON.stringify(data)}\n\n`;
  const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const read = (text: string, size: number) => {
    const reader = openaiCompletions.frameReader();
    const bytes = Buffer.from(text);
    const pieces: Piece[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(...reader.push(bytes.subarray(at, at + size)));
    return [...pieces, ...reader.end()];
  };
  const whole =
    frame(chunk([said("Hé")])) +
    frame(chunk([said("llo", 1)])) +
    frame(chunk([said("", 0, "stop")])) +
    frame(chunk([said("!", 1, "length")])) +
    frame(chunk([], { usage: USAGE })) +
    "data: [DONE]\n\n";

  test.each([1, 2, 3, 7, 10_000])(
    "reads the same in packets of %d bytes, and its bytes are those that came",
    (size) => {
      const pieces = read(whole, size);
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes!)).toString()).toBe(whole);
      expect(pieces.map(({ mark }) => mark)).toEqual(["content", "content", "finish", "finish", "usage", "other"]);
      expect(pieces[4]!.usage).toMatchObject({ input: 3, output: 2 });
      const events = openaiCompletions.eventReader();
      const answer = collect(pieces.flatMap((piece) => [...events(piece)]));
      expect(answer.choices.map(({ message, finish }) => [message.content, finish.unified])).toMatchObject([
        [[{ type: "text", text: "Hé" }], "stop"],
        [[{ type: "text", text: "llo!" }], "length"],
      ]);
    },
  );

  test.each<[what: string, text: string, failure: string]>([
    ["cut before the finish", frame(chunk([said("a")])), "truncated"],
    [
      "one of two choices cut",
      frame(chunk([said("a"), said("b", 1)])) + frame(chunk([said("", 0, "stop")])),
      "truncated",
    ],
    ["[DONE] without a finish", `${frame(chunk([said("a")]))}data: [DONE]\n\n`, "truncated"],
    ["nothing", "data: [DONE]\n\n", "malformed"],
    ["an error", frame({ error: { message: "no", type: "server_error" } }), "server"],
  ])("%s is no end", (_what, text, failure) => {
    expect(read(text, 10_000).at(-1)).toMatchObject({ mark: "error", failure: { class: failure } });
  });

  test("usage beside the last text is told once more in a chunk of its own", () => {
    const pieces = read(frame(chunk([said("a", 0, "stop")], { usage: USAGE })), 10_000);
    const client = (includeUsage: boolean) =>
      pieces
        .map((piece) => openaiCompletions.adaptPiece!(piece, { ...OPTIONS, includeUsage })?.bytes)
        .map((bytes) => (bytes ? Buffer.from(bytes).toString() : ""))
        .join("");
    expect(client(true).match(/"usage"/g)).toHaveLength(1);
    expect(client(false)).not.toContain('"usage"');
  });

  test.each<[status: number, message: string, lacks: boolean]>([
    [404, "This is a chat model and not supported in the v1/completions endpoint.", true],
    [404, "Not Found", true],
    [405, "Method Not Allowed", true],
    [400, "The model does not support Completions API", true],
    [400, "max_tokens is too large", false],
    [500, "oops", false],
  ])("%d %s: lacks the endpoint %p", (status, message, lacks) => {
    const { class: kind } = openaiCompletions.parseError(
      status,
      new Headers(),
      JSON.stringify({ error: { message, type: "invalid_request_error" } }),
    );
    expect(kind === "unsupported").toBe(lacks);
  });
});

test("a stream has texts, a finish, usage and an end, and nothing that only opens a message", () => {
  const events: ReplyEvent[] = [
    { type: "start", id: "id-1", model: "m", createdSeconds: 7 },
    { type: "text", choice: 0, part: 0, text: "He" },
    { type: "text", choice: 0, part: 0, text: "llo" },
    { type: "finish", choice: 0, reason: { unified: "length", raw: "length" } },
    { type: "usage", usage: { ...NO_USAGE, input: 2, output: 1 } },
  ];
  const writer = openaiCompletions.frameWriter(OPTIONS);
  const decoder = new TextDecoder();
  const text = events.map((event) => decoder.decode(writer.write([event]))).join("") + decoder.decode(writer.end());
  const frames = text.split("\n\n").filter((frame) => frame !== "");
  expect(frames.pop()).toBe("data: [DONE]");
  const chunks = frames.map((frame) => JSON.parse(frame.replace(/^data: /, "")));
  for (const chunk of chunks) expect(chunk).toMatchObject({ id: "id-1", object: "text_completion", created: 7 });
  const choices = chunks.flatMap((chunk) => chunk.choices);
  expect(choices.map((choice) => choice.text).join("")).toBe("Hello");
  expect(choices.filter((choice) => choice.finish_reason !== null)).toMatchObject([{ finish_reason: "length" }]);
  expect(choices.every((choice) => choice.text !== "" || choice.finish_reason !== null)).toBe(true);
  expect(chunks.find((chunk) => chunk.usage)?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 1 });
});
