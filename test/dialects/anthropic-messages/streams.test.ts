import { describe, expect, test } from "bun:test";
import { collect } from "../../../src/canonical/events.ts";
import type { Piece } from "../../../src/canonical/reply.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { eventsOf, joined, piecesOf, textOf } from "../observe.ts";
import { close, delta, finish, frame, OPEN_TEXT, open, PING, START, STOP, said } from "./wire.ts";

const read = (...chunks: string[]) =>
  piecesOf(
    anthropicMessages,
    chunks.map((chunk) => Buffer.from(chunk)),
  );
const marks = (pieces: readonly Piece[]) => pieces.map((piece) => piece.mark).join(" ");
const failureOf = (pieces: readonly Piece[]) => pieces.find((piece) => piece.failure)?.failure;
const answerOf = (pieces: readonly Piece[]) => collect(eventsOf(anthropicMessages, pieces));
const contentOf = (pieces: readonly Piece[]) => answerOf(pieces).choices[0]?.message.content;
const written = (pieces: readonly Piece[]) => Buffer.from(joined(pieces)).toString();

const END = close() + finish("end_turn") + STOP;

describe("marks", () => {
  test.each<[string, string, string]>([
    ["a whole stream", START + OPEN_TEXT + PING + said("a") + said("b") + END, "start content finish"],
    ["start, ping and an empty block are no content", START + PING + OPEN_TEXT + said(""), "start error"],
    [
      "thinking is",
      START +
        open({ type: "thinking", thinking: "", signature: "" }) +
        delta({ type: "thinking_delta", thinking: "h" }) +
        END,
      "start content finish",
    ],
    [
      "so is a signature alone",
      START +
        open({ type: "thinking", thinking: "", signature: "" }) +
        delta({ type: "signature_delta", signature: "E" }) +
        END,
      "start content finish",
    ],
    [
      "so is the start of a tool call",
      START + open({ type: "tool_use", id: "t", name: "f", input: {} }) + finish("tool_use") + STOP,
      "start content finish",
    ],
    [
      "redacted thinking comes whole",
      START + open({ type: "redacted_thinking", data: "E" }) + END,
      "start content finish",
    ],
    ["a finish without content is an answer", START + finish("refusal") + STOP, "start finish"],
    [
      "usage on the way",
      START +
        OPEN_TEXT +
        said("a") +
        frame("message_delta", { delta: {}, usage: { output_tokens: 3 } }) +
        said("b") +
        END,
      "start content usage content finish",
    ],
    [
      "an error",
      START +
        OPEN_TEXT +
        said("a") +
        frame("error", { error: { type: "overloaded_error", message: "Overloaded" } }) +
        said("b"),
      "start content error",
    ],
  ])("%s", (_, stream, expected) => {
    expect(marks(read(stream))).toBe(expected);
  });

  test("plain frames after the first content stay one block, the very bytes received", () => {
    const reader = anthropicMessages.frameReader();
    reader.push(Buffer.from(START + OPEN_TEXT + said("a")));
    const chunk = new Uint8Array(Buffer.from(said('say "error", "message_delta"') + PING + said("c")));
    const pieces = reader.push(chunk);
    expect(pieces).toEqual([{ mark: "content", bytes: chunk }]);
    expect(pieces[0]?.bytes).toBe(chunk);
  });
});

describe("ends", () => {
  test.each<[string, string, string | undefined]>([
    ["whole", START + OPEN_TEXT + said("a") + END, undefined],
    ["without message_stop", START + OPEN_TEXT + said("a") + close() + finish("end_turn"), undefined],
    [
      "without the last blank line",
      (START + OPEN_TEXT + said("a") + close() + finish("end_turn")).trimEnd(),
      undefined,
    ],
    ["without stop reason", START + OPEN_TEXT + said("a") + close() + STOP, "truncated"],
    ["inside a frame", START + OPEN_TEXT + said("a") + close() + finish("end_turn").slice(0, 60), "truncated"],
    ["after the start", START, "truncated"],
    ["only a ping", PING, "malformed"],
    ["[DONE] alone", "data: [DONE]\n\n", "malformed"],
  ])("%s", (_, stream, expected) => {
    const pieces = read(stream);
    expect(failureOf(pieces)?.class).toBe(expected as "truncated");
    expect(pieces.filter((piece) => piece.finish).length).toBe(expected === undefined ? 1 : 0);
  });

  test("a missing message_stop is written for the client: its SDK waits for it", () => {
    expect(written(read(START + OPEN_TEXT + said("a") + close() + finish("end_turn")))).toEndWith(STOP);
    expect(written(read(START + OPEN_TEXT + said("a") + END))).toEndWith(finish("end_turn") + STOP);
  });
});

describe("defects", () => {
  const broken =
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_d\n\n';
  const nonsense = "event: content_block_delta\ndata: {not json}\n\n";

  test.each([
    ["cut JSON", broken],
    ["no JSON", nonsense],
    ["another protocol's end", "data: [DONE]\n\n"],
  ])("%s is left out, before and after the first content", (_, defect) => {
    const pieces = read(START + defect + OPEN_TEXT + said("a"), said("b") + defect + said("c"), END);
    expect(textOf(contentOf(pieces) ?? "")).toBe("abc");
    expect(written(pieces)).toBe(START + OPEN_TEXT + said("a") + said("b") + said("c") + END);
  });

  test("a repeated start is left out", () => {
    const pieces = read(START + START + OPEN_TEXT + said("a") + END);
    expect(written(pieces)).toBe(START + OPEN_TEXT + said("a") + END);
  });

  test("frames without event names are read as well", () => {
    const bare = (START + OPEN_TEXT + said("a") + said("b") + END).replaceAll(/event: .*\n/g, "");
    expect(textOf(contentOf(read(bare)) ?? "")).toBe("ab");
  });

  test("one event of 300 kB passes", () => {
    const long = "x".repeat(300_000);
    expect(textOf(contentOf(read(START + OPEN_TEXT + said(long) + END)) ?? "")).toBe(long);
  });

  test("an endless event is refused", () => {
    const reader = anthropicMessages.frameReader();
    reader.push(Buffer.from(START));
    const chunk = Buffer.alloc(4 * 1024 * 1024, 0x61);
    const pieces = [1, 2, 3, 4, 5, 6].flatMap(() => reader.push(chunk));
    expect(pieces.map((piece) => piece.failure?.class)).toEqual(["malformed"]);
    expect(reader.end()).toEqual([]);
  });

  test.each([
    ["overloaded_error", "overloaded"],
    ["rate_limit_error", "rate_limited"],
    ["api_error", "server"],
    ["timeout_error", "server"],
    ["authentication_error", "auth"],
    ["invalid_request_error", "invalid"],
    ["something_new", "server"],
  ])("%s inside the stream is %s", (type, expected) => {
    const failure = failureOf(read(START + frame("error", { error: { type, message: "no" } })));
    expect(failure).toMatchObject({ class: expected, message: "no", upstreamCode: type });
  });
});

describe("content", () => {
  test.each<[string, string, string]>([
    [
      "deltas",
      delta({ type: "input_json_delta", partial_json: '{"a"' }) +
        delta({ type: "input_json_delta", partial_json: ":1}" }),
      '{"a":1}',
    ],
    ["none", "", "{}"],
    ["an empty delta", delta({ type: "input_json_delta", partial_json: "" }), "{}"],
    ["a cut input", delta({ type: "input_json_delta", partial_json: '{"a' }), '{"a'],
  ])("a tool's input from %s", (_, deltas, expected) => {
    const call = open({ type: "tool_use", id: "t", name: "f", input: {} });
    const pieces = read(START + call + deltas + close() + finish("tool_use") + STOP);
    expect(contentOf(pieces)).toEqual([{ type: "tool-call", id: "t", name: "f", arguments: expected }]);
  });

  test("a tool's input that came with its start", () => {
    const call = open({ type: "tool_use", id: "t", name: "f", input: { a: 1 } });
    expect(contentOf(read(START + call + close() + finish("tool_use")))).toMatchObject([{ arguments: '{"a":1}' }]);
  });

  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "tool-calls"],
    ["pause_turn", "pause"],
    ["refusal", "refusal"],
    ["something_new", "other"],
  ])("%s is %s", (raw, unified) => {
    const pieces = read(START + finish(raw) + STOP);
    expect(answerOf(pieces).choices[0]?.finish).toEqual({ unified: unified as "stop", raw });
    expect(pieces.find((piece) => piece.finish)?.finish).toEqual({ unified: unified as "stop", raw });
  });

  test("a repeated start counts once, also to whoever reads the bytes alone", () => {
    const bytes = Buffer.from(START + START);
    expect(anthropicMessages.eventReader()({ mark: "other", bytes })).toEqual([
      { type: "start", id: "msg_1", model: "m" },
    ]);
  });

  test("Gemini's signature behind a tool call is the call's", () => {
    const call = open({ type: "tool_use", id: "t", name: "f", input: {} }) + close();
    const signed = open({ type: "thinking", thinking: "", signature: "" }, 1);
    const signature = delta({ type: "signature_delta", signature: "eg1.gemini.G" }, 1);
    expect(contentOf(read(START + call + signed + signature + close(1) + finish("tool_use")))).toMatchObject([
      { type: "tool-call", id: "t", signature: { origin: "gemini", value: "G" } },
    ]);
  });

  test("a block type that nobody knows yet stays whole", () => {
    const block = open({ type: "compaction", content: "a" });
    const grows = delta({ type: "compaction_delta", content: "b" });
    expect(contentOf(read(START + block + grows + END))).toEqual([
      { type: "opaque", dialect: "anthropic-messages", kind: "compaction", raw: { type: "compaction", content: "ab" } },
    ]);
  });
});

describe("usage", () => {
  const start = (usage: Record<string, number | Record<string, number>>) =>
    frame("message_start", { message: { id: "i", model: "m", usage } });
  const none = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };

  test.each([
    [
      "the end adds what it knows",
      { input_tokens: 10, output_tokens: 1 },
      { output_tokens: 5 },
      { input: 10, output: 5 },
    ],
    [
      "cache writes by life",
      {
        input_tokens: 1,
        cache_creation_input_tokens: 13,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 3 },
        cache_read_input_tokens: 20,
        output_tokens: 1,
      },
      { output_tokens: 2 },
      { input: 1, cacheWrite5m: 10, cacheWrite1h: 3, cacheRead: 20, output: 2 },
    ],
    [
      "cache writes without lives",
      { input_tokens: 1, cache_creation_input_tokens: 13, output_tokens: 1 },
      { output_tokens: 2 },
      { input: 1, cacheWrite5m: 13, output: 2 },
    ],
    [
      "the end's counts are cumulative",
      { input_tokens: 2479, output_tokens: 1 },
      { input_tokens: 404500, output_tokens: 943, server_tool_use: { web_search_requests: 10 } },
      { input: 404500, output: 943, searches: 10 },
    ],
    [
      "null tells nothing",
      { input_tokens: 4, cache_read_input_tokens: 2, output_tokens: 1 },
      { input_tokens: null, cache_read_input_tokens: null, output_tokens: 2 },
      { input: 4, cacheRead: 2, output: 2 },
    ],
    [
      "thinking apart",
      { input_tokens: 1, output_tokens: 1 },
      { output_tokens: 9, output_tokens_details: { thinking_tokens: 4 } },
      { input: 1, output: 5, reasoning: 4 },
    ],
  ])("%s", (_, first, last, expected) => {
    const pieces = read(start(first) + finish("end_turn", last) + STOP);
    expect(answerOf(pieces).usage).toEqual({ ...none, ...expected });
    expect(pieces.findLast((piece) => piece.usage)?.usage).toEqual({ ...none, ...expected });
  });

  test("what is known is known from the start", () => {
    expect(read(START)[0]).toMatchObject({ mark: "start", usage: { input: 7, output: 1 } });
  });
});
