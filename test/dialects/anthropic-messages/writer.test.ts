import { describe, expect, test } from "bun:test";
import type { JsonObject, Signature } from "../../../src/canonical/chat.ts";
import type { ReplyEvent } from "../../../src/canonical/events.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import { sseFrames } from "../../../src/dialects/sse.ts";
import { OPTIONS } from "../observe.ts";
import { close, OPEN_TEXT, open, START, said } from "./wire.ts";

const HEAD: ReplyEvent = { type: "start", id: "chatcmpl-1", model: "gpt" };
const FINISH: ReplyEvent = { type: "finish", choice: 0, reason: { unified: "stop", raw: "stop" } };
const text = (part: number, value: string): ReplyEvent => ({ type: "text", choice: 0, part, text: value });
const think = (part: number, value: string): ReplyEvent => ({ type: "reasoning", choice: 0, part, text: value });
const call = (part: number, id: string): ReplyEvent => ({ type: "tool-call", choice: 0, part, id, name: "f" });
const args = (part: number, json: string): ReplyEvent => ({ type: "arguments", choice: 0, part, json });
const sign = (part: number, signature: Signature): ReplyEvent => ({ type: "signature", choice: 0, part, signature });

function write(...events: ReplyEvent[]): JsonObject[] {
  const writer = anthropicMessages.frameWriter(OPTIONS);
  return wire(Buffer.concat([...events.map((event) => writer.write([event])), writer.end()]));
}

function wire(bytes: Uint8Array): JsonObject[] {
  return sseFrames(bytes).map(({ event, data }) => {
    const json: JsonObject = JSON.parse(data ?? "null");
    expect(event).toBe(String(json["type"]));
    return json;
  });
}

/** `text0+ "a" text0-`: blocks with their index, opened and closed, and what they say. */
function story(frames: readonly JsonObject[]): string {
  return frames
    .flatMap((frame) => {
      const at = String(frame["index"]);
      if (frame["type"] === "content_block_start") return [`${(frame["content_block"] as JsonObject)["type"]}${at}+`];
      if (frame["type"] === "content_block_stop") return [`${at}-`];
      if (frame["type"] !== "content_block_delta") return [];
      const delta = frame["delta"] as JsonObject;
      return [String(delta["text"] ?? delta["thinking"] ?? delta["partial_json"] ?? delta["signature"] ?? "cite")];
    })
    .join(" ");
}

describe("the sequence", () => {
  test("is what the SDKs expect", () => {
    const usage: ReplyEvent = {
      type: "usage",
      usage: { input: 5, cacheRead: 3, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 1 },
    };
    const [start, ...rest] = write(HEAD, text(0, "hi"), FINISH, usage);
    expect(start).toMatchObject({
      type: "message_start",
      message: { id: "chatcmpl-1", type: "message", role: "assistant", model: "gpt", content: [], stop_reason: null },
    });
    expect(rest.map((frame) => frame["type"])).toEqual([
      "content_block_start",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(rest[3]).toMatchObject({
      delta: { stop_reason: "end_turn", stop_sequence: null },
      // What was read from a cache is outside `input_tokens`, thinking inside `output_tokens`.
      usage: { input_tokens: 5, cache_read_input_tokens: 3, output_tokens: 3 },
    });
  });

  test.each<[string, ReplyEvent[], string]>([
    ["nothing", [], ""],
    [
      "blocks follow parts",
      [text(0, "a"), text(0, "b"), call(1, "x"), args(1, "{}"), text(2, "c")],
      "text0+ a b 0- tool_use1+ {} 1- text2+ c 2-",
    ],
    [
      "thinking without a signature is marked",
      [think(0, "h"), text(1, "a")],
      "thinking0+ h eg1.unsigned. 0- text1+ a 1-",
    ],
    [
      "thinking keeps Anthropic's",
      [think(0, "h"), sign(0, { origin: "anthropic", value: "E" }), text(1, "a")],
      "thinking0+ h E 0- text1+ a 1-",
    ],
    ["and names others'", [sign(0, { origin: "bedrock", value: "B" })], "thinking0+ eg1.bedrock.B 0-"],
    [
      "a tool's signature follows it",
      [call(0, "x"), sign(0, { origin: "gemini", value: "G" }), args(0, "{}"), FINISH],
      "tool_use0+ {} 0- thinking1+ eg1.gemini.G 1-",
    ],
    [
      "whole blocks",
      [{ type: "redacted-reasoning", choice: 0, part: 0, data: { origin: "anthropic", value: "E" } }, text(1, "a")],
      "redacted_thinking0+ 0- text1+ a 1-",
    ],
    ["a refusal is text", [{ type: "refusal", choice: 0, part: 0, text: "no" }], "text0+ no 0-"],
    ["only the first choice", [text(0, "a"), { type: "text", choice: 1, part: 0, text: "b" }], "text0+ a 0-"],
    [
      "parallel calls in turn",
      [call(0, "x"), args(0, '{"a":1}'), call(1, "y"), args(1, "{}")],
      'tool_use0+ {"a":1} 0- tool_use1+ {} 1-',
    ],
    [
      "parallel calls interleaved",
      [call(0, "x"), args(0, '{"a'), call(1, "y"), args(1, "{"), args(0, '":1}'), args(1, "}")],
      'tool_use0+ {"a ":1} 0- tool_use1+ { } 1-',
    ],
    [
      "three interleaved",
      [call(0, "x"), call(1, "y"), call(2, "z"), args(2, "{}"), args(1, '{"b":2}'), args(0, "{}"), text(3, "t")],
      'tool_use0+ {} 0- tool_use1+ {"b":2} 1- tool_use2+ {} 2- text3+ t 3-',
    ],
    [
      "a call that is never finished",
      [call(0, "x"), args(0, '{"a'), call(1, "y"), args(1, "{}")],
      'tool_use0+ {"a 0- tool_use1+ {} 1-',
    ],
    ["a call without arguments", [call(0, "x"), call(1, "y"), args(1, "{}")], "tool_use0+ 0- tool_use1+ {} 1-"],
    [
      "free text becomes JSON",
      [{ type: "tool-call", choice: 0, part: 0, id: "x", name: "f", custom: true }, args(0, "a "), args(0, '"b"')],
      'tool_use0+ {"input":"a \\"b\\""} 0-',
    ],
    [
      "what only other dialects show",
      [{ type: "media", choice: 0, part: 0, media: { type: "image", source: { kind: "url", url: "u" } } }],
      "",
    ],
    [
      "a server's block",
      [
        {
          type: "media",
          choice: 0,
          part: 0,
          media: {
            type: "opaque",
            dialect: "anthropic-messages",
            kind: "server_tool_use",
            raw: { type: "server_tool_use", id: "s", input: { q: 1 } },
          },
        },
      ],
      'server_tool_use0+ {"q":1} 0-',
    ],
    [
      "a web source",
      [text(0, "a"), { type: "citation", choice: 0, part: 0, citation: { kind: "url", url: "https://x" } }],
      "text0+ a cite 0-",
    ],
  ])("%s", (_, events, expected) => {
    expect(story(write(HEAD, ...events))).toBe(expected);
  });

  test("nothing waits behind free text, whose end nobody can see", () => {
    const writer = anthropicMessages.frameWriter(OPTIONS);
    const custom: ReplyEvent = { type: "tool-call", choice: 0, part: 0, id: "x", name: "f", custom: true };
    const frames = wire(writer.write([HEAD, custom, args(0, "a"), text(1, "b")]));
    expect(story(frames)).toBe('tool_use0+ {"input":"a"} 0- text1+ b');
  });

  test("ids take Anthropic's form, or the request's name", () => {
    const frames = write(call(0, "functions.f:0"), args(0, "{}"));
    expect(frames[0]).toMatchObject({ message: { id: "msg_req-1" } });
    expect(frames[1]).toMatchObject({ content_block: { id: "functions_f_0" } });
  });

  test.each<[ReplyEvent, string, string | null]>([
    [FINISH, "end_turn", null],
    [{ ...FINISH, stopSequence: "END" } as ReplyEvent, "stop_sequence", "END"],
    [{ type: "finish", choice: 0, reason: { unified: "length", raw: "length" } }, "max_tokens", null],
    [{ type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "tool_calls" } }, "tool_use", null],
    [{ type: "finish", choice: 0, reason: { unified: "content-filter", raw: "content_filter" } }, "refusal", null],
    [{ type: "finish", choice: 0, reason: { unified: "pause", raw: "pause_turn" } }, "pause_turn", null],
    [
      { type: "finish", choice: 0, reason: { unified: "length", raw: "model_context_window_exceeded" } },
      "model_context_window_exceeded",
      null,
    ],
  ])("finish %#", (event, reason, sequence) => {
    expect(write(HEAD, event).at(-2)).toMatchObject({ delta: { stop_reason: reason, stop_sequence: sequence } });
  });
});

describe("a resumed stream", () => {
  const resume = (sent: string, ...events: ReplyEvent[]) => {
    const writer = anthropicMessages.frameWriter(OPTIONS);
    writer.resume([{ mark: "content", bytes: Buffer.from(sent) }]);
    return wire(Buffer.concat([writer.write(events), writer.end()]));
  };
  const SIGNED = `${open({ type: "thinking", thinking: "", signature: "" })}event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"E"}}\n\n`;

  test.each<[string, string, ReplyEvent[], string]>([
    ["goes on in the open block", START + OPEN_TEXT + said("a"), [HEAD, text(0, "b")], "b 0-"],
    ["opens the next one", START + OPEN_TEXT + said("a") + close(), [HEAD, text(0, "b")], "text1+ b 1-"],
    [
      "closes another kind first",
      START + OPEN_TEXT + said("a"),
      [HEAD, think(0, "b")],
      "0- thinking1+ b eg1.unsigned. 1-",
    ],
    ["leaves a signature alone", START + SIGNED, [HEAD, text(0, "b")], "0- text1+ b 1-"],
    ["begins where nothing was sent", "", [HEAD, text(0, "b")], "text0+ b 0-"],
  ])("%s", (_, sent, events, expected) => {
    const frames = resume(sent, ...events);
    expect(story(frames)).toBe(expected);
    expect(frames.filter((frame) => frame["type"] === "message_start")).toHaveLength(sent === "" ? 1 : 0);
    expect(frames.at(-1)).toEqual({ type: "message_stop" });
  });
});
