import { describe, expect, test } from "bun:test";
import type { Json, JsonObject } from "../../../src/canonical/chat.ts";
import { collect } from "../../../src/canonical/events.ts";
import type { Piece } from "../../../src/canonical/reply.ts";
import type { WriterOptions } from "../../../src/dialects/dialect.ts";
import { openaiChat } from "../../../src/dialects/openai-chat/openai-chat.ts";
import { eventsOf, joined, piecesOf } from "../observe.ts";

const HEAD = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };
const USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const DONE = "data: [DONE]\n\n";

const frame = (fields: JsonObject) => `data: ${JSON.stringify({ ...HEAD, ...fields })}\n\n`;
const choice = (delta: JsonObject, finish: string | null = null, others: JsonObject = {}) =>
  frame({ choices: [{ index: 0, delta, finish_reason: finish }], ...others });
const ROLE = choice({ role: "assistant", content: "" });
const text = (content: string) => choice({ content });
const FINISH = choice({}, "stop");
const USAGE_CHUNK = frame({ choices: [], usage: USAGE });

const read = (...frames: string[]) => piecesOf(openaiChat, [Buffer.from(frames.join(""))]);
const marks = (pieces: readonly Piece[]) => pieces.map((piece) => piece.mark).join(" ");
const failureOf = (pieces: readonly Piece[]) => pieces.find((piece) => piece.failure)?.failure;
const textOf = (pieces: readonly Piece[]) => collect(eventsOf(openaiChat, pieces)).choices[0]?.message.content;
const chunksOf = (bytes: Uint8Array): JsonObject[] =>
  Buffer.from(bytes)
    .toString()
    .split(/\n\n|\r\n\r\n/)
    .filter((part) => part.startsWith("data: {"))
    .map((part) => JSON.parse(part.slice(6)));

describe("marks", () => {
  test.each<[string, string, string]>([
    ["a plain stream", ROLE + text("a") + text("b") + FINISH + USAGE_CHUNK + DONE, "start content finish usage other"],
    ["a role and empty deltas are no content", ROLE + text("") + choice({}), "start other other error"],
    [
      "nor are comments and pings",
      `: ping\n\n${ROLE}event: ping\n\n${text("a")}${FINISH}`,
      "other start other content finish other",
    ],
    ["reasoning is", ROLE + choice({ reasoning_content: "h" }) + FINISH, "start content finish other"],
    ["under its other name too", ROLE + choice({ reasoning: "h" }) + FINISH, "start content finish other"],
    [
      "so is the start of a tool call",
      ROLE +
        choice({ tool_calls: [{ index: 0, id: "t", type: "function", function: { name: "f", arguments: "" } }] }) +
        choice({}, "tool_calls"),
      "start content finish other",
    ],
    ["a refusal", ROLE + choice({ refusal: "no" }) + FINISH, "start content finish other"],
    [
      "nulls are not",
      ROLE + choice({ content: null, reasoning: null, tool_calls: null }) + text("a") + FINISH,
      "start other content finish other",
    ],
    [
      "a ping between content joins it",
      `${ROLE}${text("a")}: ping\n\n${text("b")}${FINISH}`,
      "start content finish other",
    ],
    ["a finish without content is an answer", ROLE + FINISH + DONE, "start finish other"],
    ["text in the chunk that finishes", ROLE + choice({ content: "a" }, "stop"), "start finish other"],
  ])("%s", (_, stream, expected) => {
    expect(marks(read(stream))).toBe(expected);
  });

  test("a chunk of plain frames is one piece with the very bytes", () => {
    const reader = openaiChat.frameReader();
    reader.push(Buffer.from(ROLE + text("a")));
    const chunk = Buffer.from(text("b") + text("c") + text("d"));
    const pieces = reader.push(chunk);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]!.bytes).toBe(chunk);
  });

  test.each(["usage", "finish_reason", "error", "tool_calls", "index"])("%s inside of a text is text", (word) => {
    const spoken = `{"${word}":{"a":1},"${word}": "stop", "${word}":[1]}`;
    const pieces = read(ROLE, text("a"), text(spoken), FINISH);
    expect(marks(pieces)).toBe("start content finish other");
    expect(textOf(pieces)).toEqual([{ type: "text", text: `a${spoken}` }]);
  });

  test.each([
    ["spaces everywhere", (json: string) => json.replace(/":/g, '" : ').replace(/,"/g, ', "')],
    [
      "another order of keys",
      (json: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(json)).reverse())),
    ],
  ])("finish and usage are seen with %s", (_, respell) => {
    const spelled = [ROLE, text("a"), text("b"), FINISH, USAGE_CHUNK].map(
      (part) => `data: ${respell(part.slice(6).trim())}\n\n`,
    );
    const pieces = read(...spelled, DONE);
    expect(marks(pieces)).toBe("start content finish usage other");
    expect(pieces[3]!.usage).toMatchObject({ input: 7, output: 3 });
    expect(pieces[2]!.finish).toEqual({ unified: "stop", raw: "stop" });
  });
});

describe("ends", () => {
  test.each<[string, string, string | undefined]>([
    ["finish and [DONE]", ROLE + text("a") + FINISH + DONE, undefined],
    ["finish, no [DONE]", ROLE + text("a") + FINISH, undefined],
    ["finish, no blank line behind", (ROLE + text("a") + FINISH).trimEnd(), undefined],
    ["[DONE] without finish", ROLE + text("a") + DONE, "truncated"],
    ["neither", ROLE + text("a"), "truncated"],
    ["in the middle of the finish", (ROLE + text("a") + FINISH).slice(0, -20), "truncated"],
    ["a role, then nothing", ROLE, "truncated"],
    ["a lone [DONE]", DONE, "malformed"],
    ["comments alone", ": hi\n\n: hi\n\n", "malformed"],
    ["white space alone", "\n\n\n\n", "malformed"],
    [
      "another choice without its finish",
      ROLE + text("a") + frame({ choices: [{ index: 1, delta: { content: "b" } }] }) + FINISH + DONE,
      "truncated",
    ],
  ])("%s", (_, stream, failure) => {
    const pieces = read(stream);
    expect(failureOf(pieces)?.class).toBe(failure as undefined);
    if (failure === undefined) expect(Buffer.from(joined(pieces)).toString()).toEndWith(DONE);
  });

  test("a broken event is left out, the rest arrives", () => {
    for (const broken of [
      'data: {"id":"c1","choices":[{"delta":{"con\n\n',
      "data: {not json}\n\n",
      'data: {"a": nope}\n\n',
      'data: {"a":"a raw\ttab"}\n\n',
      'data: {"a":[1}\n\n',
      "data: 5\n\n",
    ]) {
      const pieces = read(ROLE, text("a"), text("b"), broken, text("c"), FINISH, DONE);
      expect(Buffer.from(joined(pieces)).toString()).not.toContain(broken);
      expect(textOf(pieces)).toEqual([{ type: "text", text: "abc" }]);
    }
  });

  test("nothing comes after an error", () => {
    const reader = openaiChat.frameReader();
    const error = `data: {"error":{"message":"Overloaded","code":503}}\n\n`;
    expect(marks(reader.push(Buffer.from(ROLE + text("a") + error + text("b") + FINISH)))).toBe("start content error");
    expect(reader.push(Buffer.from(text("c")))).toEqual([]);
    expect(reader.end()).toEqual([]);
  });

  test("an error after the whole answer changes nothing", () => {
    expect(failureOf(read(ROLE, text("a"), FINISH, 'data: {"error":{"message":"late"}}\n\n'))).toBeUndefined();
  });
});

test.each<[string, object]>([
  ['data: {"error":{"message":"Provider returned error","code":502}}\n\n', { class: "server", status: 502 }],
  ['data: {"error":{"message":"slow down","type":"rate_limit_error"}}\n\n', { class: "rate_limited" }],
  ['data: {"error":{"message":"The server is overloaded","type":"overloaded"}}\n\n', { class: "overloaded" }],
  ['data: {"error":"boom"}\n\n', { class: "server", message: "boom" }],
  ['event: error\ndata: {"message":"engine died"}\n\n', { class: "server", message: "engine died" }],
  [
    'data: {"error":{"message":"This model\'s maximum context length is 10","code":400}}\n\n',
    { class: "context_length" },
  ],
  [
    '{"error":{"message":"no stream for you","type":"server_error","code":500}}',
    { class: "server", message: "no stream for you" },
  ],
  [choice({}, "error"), { class: "server" }],
])("an error in the stream: %j", (frames, expected) => {
  const pieces = read(frames);
  expect(marks(pieces)).toEndWith("error");
  expect(failureOf(pieces)).toMatchObject(expected);
  // The upstream's own words go to the client through the gateway's error, never as they are.
  expect(pieces[pieces.length - 1]!.bytes).toBeUndefined();
});

describe("what clients see", () => {
  const options = (others: Partial<WriterOptions> = {}): WriterOptions => ({
    includeUsage: true,
    requestId: "r",
    createdSeconds: 1,
    ...others,
  });
  const shown = (stream: string, how: WriterOptions) =>
    joined(read(stream).flatMap((piece) => openaiChat.adaptPiece!(piece, how) ?? []));

  const separate = ROLE + text("a") + FINISH + USAGE_CHUNK + DONE;
  const inline = ROLE + text("a") + choice({}, "stop", { usage: USAGE }) + DONE;
  const groq = ROLE + text("a") + choice({}, "stop", { x_groq: { id: "q", usage: USAGE } }) + DONE;
  const counting =
    choice({ role: "assistant", content: "a" }, null, {
      usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
    }) +
    choice({ content: "b" }, null, { usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } }) +
    choice({}, "stop", { usage: USAGE });
  const twice = ROLE + text("a") + FINISH + choice({ content: "" }, "stop", { usage: USAGE }) + DONE;

  test.each([
    ["in a chunk of its own", separate],
    ["beside the finish", inline],
    ["in Groq's own object", groq],
    ["in every chunk", counting],
    ["beside a repeated finish", twice],
  ])("usage %s", (_, stream) => {
    const hidden = chunksOf(shown(stream, options({ includeUsage: false })));
    expect(JSON.stringify(hidden)).not.toContain("prompt_tokens");
    const asked = chunksOf(shown(stream, options({ costUsd: () => "0.00001" })));
    expect(asked.filter((chunk) => chunk["usage"])).toEqual([asked[asked.length - 1]!]);
    expect(asked[asked.length - 1]).toMatchObject({ choices: [], usage: { ...USAGE, cost_usd: "0.00001" } });
    const finishes = asked.flatMap((chunk) =>
      (chunk["choices"] as { finish_reason: Json }[]).map((c) => c.finish_reason),
    );
    expect(finishes.filter((finish) => finish !== null)).toEqual(["stop"]);
    const { usage } = collect(eventsOf(openaiChat, read(stream)));
    expect(usage).toMatchObject({ input: 7, output: 3 });
  });

  test("without a known cost the usage is as it came", () => {
    const as = options({ costUsd: () => null });
    expect(Buffer.from(shown(separate, as)).toString()).toBe(separate);
  });

  test("content passes as the very piece", () => {
    const [, piece] = read(ROLE, text("a"), FINISH);
    expect(openaiChat.adaptPiece!(piece!, options())).toBe(piece);
  });
});

describe("departures from the form are put right", () => {
  const tool = (call: JsonObject) => choice({ tool_calls: [call] });
  const calls = (pieces: readonly Piece[]) =>
    chunksOf(joined(pieces)).flatMap((chunk) =>
      (chunk["choices"] as { delta: JsonObject }[]).flatMap(({ delta }) => (delta["tool_calls"] as JsonObject[]) ?? []),
    );

  test("Azure's preamble takes the identity of what follows", () => {
    const preamble = `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}\n\n`;
    const first = frame({ choices: [{ index: 0, finish_reason: null, logprobs: null }] });
    const pieces = read(preamble, first, text("a"), FINISH, DONE);
    expect(marks(pieces)).toBe("other start content finish other");
    const chunks = chunksOf(joined(pieces));
    expect(chunks[0]).toMatchObject({ ...HEAD, prompt_filter_results: [{ prompt_index: 0 }] });
    expect(chunks[1]).toMatchObject({ choices: [{ delta: { role: "assistant" } }] });
    expect(eventsOf(openaiChat, pieces)[0]).toMatchObject({
      id: "c1",
      extra: { prompt_filter_results: [{ prompt_index: 0 }] },
    });
  });

  test("tool calls without an index get one, also in the deltas that go on", () => {
    const pieces = read(
      ROLE,
      tool({ id: "a", function: { name: "f", arguments: "{" } }),
      tool({ function: { arguments: "}" } }),
      tool({ id: "b", type: "function", function: { name: "g", arguments: "{}" } }),
      choice({}, "tool_calls"),
    );
    expect(calls(pieces).map(({ index, type }) => [index, type])).toEqual([
      [0, "function"],
      [0, undefined],
      [1, "function"],
    ]);
    expect(textOf(pieces)).toMatchObject([
      { id: "a", arguments: "{}" },
      { id: "b", arguments: "{}" },
    ]);
  });

  test("parallel calls that all have index 0 are told apart by their ids", () => {
    const pieces = read(
      ROLE,
      text("x"),
      tool({ index: 0, id: "a", type: "function", function: { name: "f", arguments: "{}" } }),
      tool({ index: 0, id: "b", type: "function", function: { name: "g", arguments: "{}" } }),
      choice({}, "tool_calls"),
    );
    expect(calls(pieces).map(({ index }) => index)).toEqual([0, 1]);
    expect(textOf(pieces)).toMatchObject([{ text: "x" }, { id: "a" }, { id: "b" }]);
  });

  test("Mistral's list of thinking and text becomes two fields", () => {
    const thinking = { type: "thinking", thinking: [{ type: "text", text: "hm" }] };
    const pieces = read(
      ROLE,
      choice({ content: [thinking] }),
      choice({ content: [thinking, { type: "text", text: "4" }] }),
      text("2"),
      FINISH,
    );
    const deltas = chunksOf(joined(pieces)).map((chunk) => (chunk["choices"] as { delta: JsonObject }[])[0]!.delta);
    expect(deltas.slice(1, 3)).toEqual([
      { content: "", reasoning_content: "hm" },
      { content: "4", reasoning_content: "hm" },
    ]);
    expect(textOf(pieces)).toEqual([
      { type: "reasoning", text: "hmhm" },
      { type: "text", text: "42" },
    ]);
  });
});

describe("events", () => {
  test("of OpenRouter's details tell each text once", () => {
    const detail = (fields: JsonObject) => ({
      type: "reasoning.text",
      format: "anthropic-claude-v1",
      index: 0,
      ...fields,
    });
    const pieces = read(
      choice({ role: "assistant", content: "", reasoning: "Let", reasoning_details: [detail({ text: "Let" })] }),
      choice({ content: "", reasoning: " me", reasoning_details: [detail({ text: " me" })] }),
      choice({ content: "", reasoning: null, reasoning_details: [detail({ text: "", signature: "s" })] }),
      text("4"),
      FINISH,
    );
    expect(textOf(pieces)).toEqual([
      { type: "reasoning", text: "Let me", signature: { origin: "openai-chat", value: "anthropic-claude-v1|s" } },
      { type: "text", text: "4" },
    ]);
  });

  test("of audio are one part, told before the finish", () => {
    const pieces = read(
      ROLE,
      choice({ audio: { id: "au", transcript: "He" } }),
      choice({ audio: { transcript: "llo", data: "AAAA" } }),
      choice({ audio: { data: "BBBB", expires_at: 9 } }),
      FINISH,
    );
    expect(textOf(pieces)).toEqual([
      {
        type: "audio",
        id: "au",
        transcript: "Hello",
        source: { kind: "base64", mediaType: "audio/*", data: "AAAABBBB" },
        extra: { expires_at: 9 },
      },
    ]);
  });

  test("of a call signed by Gemini keep the signature", () => {
    const pieces = read(
      ROLE,
      choice({
        tool_calls: [
          {
            index: 0,
            id: "a",
            type: "function",
            function: { name: "f", arguments: "{}" },
            extra_content: { google: { thought_signature: "g" } },
          },
        ],
      }),
      choice({}, "tool_calls"),
    );
    expect(textOf(pieces)).toMatchObject([{ type: "tool-call", signature: { origin: "gemini", value: "g" } }]);
  });
});
