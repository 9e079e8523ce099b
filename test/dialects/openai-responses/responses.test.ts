/** What the laws do not say of the Responses dialect: foreign reasoning, parallel calls, ends of streams. */
import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { collect, type ReplyEvent } from "../../../src/canonical/events.ts";
import { gemini } from "../../../src/dialects/gemini/gemini.ts";
import { openaiResponses as dialect } from "../../../src/dialects/openai-responses/openai-responses.ts";
import { eventsOf, OPTIONS, piecesOf, unchanged } from "../observe.ts";

type Frame = JsonObject & { type: string; response: JsonObject };

function framesOf(bytes: Uint8Array): Frame[] {
  const frames = Buffer.from(bytes).toString().trim().split("\n\n");
  return frames.map((frame) => JSON.parse(frame.slice(frame.indexOf("data: ") + 6)));
}

function written(events: ReplyEvent[]): Uint8Array {
  const writer = dialect.frameWriter(OPTIONS);
  return Buffer.concat([...events.map((event) => writer.write([event])), writer.end()]);
}

const START: ReplyEvent = { type: "start", id: "msg_1", model: "m" };
const FINISH: ReplyEvent = { type: "finish", choice: 0, reason: { unified: "tool-calls", raw: "tool_use" } };

describe("foreign reasoning", () => {
  const foreign: JsonObject = { type: "reasoning", summary: [], encrypted_content: "eg1.anthropic.abc" };
  const body: JsonObject = {
    model: "m",
    input: [
      { role: "user", content: "Hi" },
      foreign,
      { role: "assistant", content: "Ho" },
      { role: "user", content: "!" },
    ],
  };

  test("is taken out for an upstream of this dialect", () => {
    expect(dialect.edits(body, unchanged(body))).toBeUndefined();
    const { input } = dialect.formatRequest(dialect.parseRequest(body), unchanged(body)).body;
    expect(input).toEqual((body["input"] as JsonObject[]).filter((item) => item !== foreign));
  });

  test("is its maker's again", () => {
    const [, assistant] = dialect.parseRequest(body).messages;
    expect(assistant!.content).toEqual([
      { type: "reasoning", text: "", redacted: { origin: "anthropic", value: "abc" } },
      { type: "text", text: "Ho" },
    ]);
  });

  test("Gemini's signature on a call goes to the client and back, streamed or whole", () => {
    const bytes = written([
      START,
      { type: "tool-call", choice: 0, part: 0, id: "call_1", name: "f" },
      { type: "arguments", choice: 0, part: 0, json: "{}" },
      { type: "signature", choice: 0, part: 0, signature: { origin: "gemini", value: "sig" } },
      FINISH,
    ]);
    const answer = collect(eventsOf(dialect, piecesOf(dialect, [bytes])));
    const call = { type: "tool-call", id: "call_1", name: "f", arguments: "{}" };
    const signed = { ...call, signature: { origin: "gemini", value: "sig" } };
    expect(answer.choices[0]!.message.content).toMatchObject([signed]);
    const { output } = framesOf(bytes).at(-1)!.response as { output: JsonObject[] };
    const result = { type: "function_call_output", call_id: "call_1", output: "1" };
    const request = dialect.parseRequest({ model: "m", input: [{ role: "user", content: "Hi" }, ...output, result] });
    expect(request.messages[1]!.content).toMatchObject([signed]);
    expect(JSON.stringify(gemini.formatRequest(request, unchanged({ model: "m" })).body)).toContain('"sig"');
  });
});

test("whether reasoning can be sent back is part of what is asked: a cache must not mix the two", () => {
  const body = { model: "m", input: "Hi" };
  const [asked, plain] = [{ ...body, include: ["reasoning.encrypted_content"] }, body].map((one) => {
    const { spelling: _, ...meaning } = dialect.parseRequest(one);
    return meaning;
  });
  expect(asked).not.toEqual(plain);
});

test("parallel calls whose arguments interleave keep their own", () => {
  const args = (part: number, json: string): ReplyEvent => ({ type: "arguments", choice: 0, part, json });
  const bytes = written([
    START,
    { type: "tool-call", choice: 0, part: 0, id: "a", name: "f" },
    args(0, '{"x"'),
    { type: "tool-call", choice: 0, part: 1, id: "b", name: "g" },
    args(1, '{"y":'),
    args(0, ":1}"),
    args(1, "2}"),
    FINISH,
  ]);
  const frames = framesOf(bytes);
  expect(frames.map((frame) => frame["sequence_number"])).toEqual(frames.map((_, index) => index));
  expect(frames.at(-1)!.response["output"]).toMatchObject([
    { type: "function_call", call_id: "a", arguments: '{"x":1}', status: "completed" },
    { type: "function_call", call_id: "b", arguments: '{"y":2}', status: "completed" },
  ]);
});

test("what was limited is incomplete, in the last item too", () => {
  const bytes = written([
    START,
    { type: "text", choice: 0, part: 0, text: "Why" },
    { type: "finish", choice: 0, reason: { unified: "length", raw: "max_tokens" } },
  ]);
  expect(framesOf(bytes).at(-1)).toMatchObject({
    type: "response.incomplete",
    response: {
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ type: "message", status: "incomplete" }],
    },
  });
});

test("response.created and in_progress are no content; a failed response is a failure", () => {
  const frame = (type: string, response: JsonObject) =>
    Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, response })}\n\n`);
  const pieces = piecesOf(dialect, [
    frame("response.created", { id: "resp_1" }),
    frame("response.in_progress", { id: "resp_1" }),
    frame("response.failed", { id: "resp_1", error: { code: "rate_limit_exceeded", message: "Rate limit reached." } }),
  ]);
  expect(pieces.map(({ mark }) => mark)).toEqual(["start", "other", "error"]);
  expect(pieces.at(-1)!.failure).toMatchObject({ class: "rate_limited", message: "Rate limit reached." });
});

test("an error takes up the response and the numbering of what was sent", () => {
  const first = written([START]).subarray(0);
  const head = framesOf(first)[0]!;
  const error = new GatewayError("upstream_error", "It broke.");
  const bytes = dialect.formatStreamError({ error, requestId: "req_1", attempts: [], sent: { first, last: first } });
  const next = framesOf(first).length;
  expect(framesOf(bytes)).toMatchObject([
    { type: "error", sequence_number: next, message: "It broke." },
    { type: "response.failed", sequence_number: next + 1, response: { id: head.response["id"], status: "failed" } },
  ]);
});
