/**
 * Cuts a stream into pieces. Up to the first content every frame is parsed, because what comes decides whether this
 * upstream owns the client: `response.created` and `response.in_progress` say nothing yet. Afterwards a block of frames
 * that only continue the answer is one piece, recognised by how such frames begin.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Mark, Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import { frameEnd, type SseFrame, sseFrames, sseSplitter } from "../sse.ts";
import { streamFailure } from "./errors.ts";
import { asksForTools, isCall, parseFinish } from "./status.ts";
import { parseUsage } from "./usage.ts";

interface State {
  /** A frame of this dialect has come. */
  started: boolean;
  contentSeen: boolean;
  calls: boolean;
  finished: boolean;
  failed: boolean;
}

export function frameReader(): FrameReader {
  const splitter = sseSplitter();
  const state: State = { started: false, contentSeen: false, calls: false, finished: false, failed: false };
  const read = (block: Uint8Array | undefined): Piece[] => {
    if (!block || state.failed) return [];
    if (state.contentSeen && !state.finished && isPlain(block)) return [{ mark: "content", bytes: block }];
    return readFrames(state, block);
  };
  return {
    push(chunk) {
      const pieces = read(splitter.push(chunk));
      if (splitter.overflowed() && !state.failed) pieces.push(fail(state, OVERSIZED));
      return pieces;
    },
    end() {
      const rest = splitter.rest();
      const pieces = read(rest);
      if (state.failed || state.finished) return pieces;
      const body = !state.started && rest ? parseObject(Buffer.from(rest).toString()) : undefined;
      if (body && isObject(body["error"])) return [...pieces, fail(state, streamFailure(body))];
      return [...pieces, fail(state, state.started ? TRUNCATED : EMPTY)];
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than 16 MiB." };
const EMPTY: Failure = { class: "malformed", message: "The upstream's stream held no event of this API." };
const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before the response did." };

function fail(state: State, failure: Failure): Piece {
  state.failed = true;
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}

/** A block of nothing but frames that continue the answer, by their look. When in doubt it is parsed. */
function isPlain(block: Uint8Array): boolean {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  for (let start = 0; start < bytes.byteLength; ) {
    const end = frameEnd(block, start);
    if (!looksWhole(bytes, start, end)) return false;
    start = end;
  }
  return true;
}

/** How OpenAI begins the frames that come by the hundred. */
const PLAIN_HEADS = [
  "response.output_text.delta",
  "response.function_call_arguments.delta",
  "response.reasoning_summary_text.delta",
  "response.reasoning_text.delta",
  "response.refusal.delta",
  "response.custom_tool_call_input.delta",
].flatMap((name) => [":", ": "].map((colon) => Buffer.from(`event: ${name}\ndata: {"type"${colon}"${name}"`)));

/** A known head and a closing brace: whole JSON, whatever it says. */
function looksWhole(bytes: Buffer, start: number, end: number): boolean {
  let last = end - 1;
  while (last > start && bytes[last]! <= 0x20) last -= 1;
  if (bytes[last] !== 0x7d) return false;
  return PLAIN_HEADS.some(
    (head) =>
      start + head.byteLength < last && bytes.compare(head, 0, head.byteLength, start, start + head.byteLength) === 0,
  );
}

/** Neighbouring frames that belong together are one piece; broken JSON is left out. */
function readFrames(state: State, block: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  let run: Piece | undefined;
  let runStart = 0;
  let at = 0;
  const close = () => {
    if (run) pieces.push({ ...run, bytes: whole(block, runStart, at) });
    run = undefined;
  };
  for (const frame of sseFrames(block)) {
    const read = state.finished ? AFTER : readFrame(state, frame);
    if (read === undefined || begins(read.mark, run?.mark)) close();
    if (read !== undefined) {
      if (!run) {
        runStart = at;
        run = read;
      } else run = { ...run, ...read, mark: run.mark === "other" ? read.mark : run.mark };
    }
    at += frame.bytes.byteLength;
    if (state.failed) break;
  }
  close();
  return pieces;
}

/** What follows the last event (`[DONE]` of some servers) changes nothing any more. */
const AFTER: Piece = { mark: "other" };

function whole(block: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === block.byteLength ? block : block.subarray(start, end);
}

/** Whether the mark opens a piece of its own; after the last event everything does. */
function begins(mark: Mark, run: Mark | undefined): boolean {
  if (run === "finish") return true;
  if (mark === "content") return run !== "content";
  return mark === "finish" || mark === "error";
}

/** The piece that this frame alone would be, or undefined when it is left out. */
function readFrame(state: State, frame: SseFrame): Piece | undefined {
  if (frame.data === undefined || frame.data.trim() === "[DONE]") return { mark: "other" };
  const event = parseObject(frame.data);
  if (!event) return undefined;
  const { response } = event;
  switch (event["type"]) {
    case "response.created":
    case "response.in_progress":
    case "response.queued": {
      const first = !state.started;
      state.started = true;
      return { mark: first ? "start" : "other" };
    }
    case "response.completed":
    case "response.incomplete":
      return isObject(response) ? readEnd(state, response) : undefined;
    case "response.failed":
    case "error":
      state.failed = true;
      return { mark: "error", failure: streamFailure(event) };
    default: {
      if (isObject(event["error"]) && event["type"] === undefined) {
        state.failed = true;
        return { mark: "error", failure: streamFailure(event) };
      }
      if (textOf(event["type"]).startsWith("response.")) state.started = true;
      if (isObject(event["item"]) && isCall(event["item"])) state.calls = true;
      state.contentSeen ||= hasContent(event);
      return { mark: state.contentSeen ? "content" : "other" };
    }
  }
}

function readEnd(state: State, response: JsonObject): Piece {
  state.started = true;
  state.finished = true;
  const usage = parseUsage(response);
  const finish = parseFinish(response, state.calls || asksForTools(response["output"]));
  return { mark: "finish", finish, ...(usage && { usage }) };
}

/** Text, thoughts, calls, and tools that the provider runs. An item of text or thought that only begins is none. */
function hasContent(event: JsonObject): boolean {
  const { type, delta, item } = event;
  if (typeof delta === "string") return delta !== "";
  if (type === "response.output_item.added")
    return isObject(item) && item["type"] !== "message" && item["type"] !== "reasoning";
  return type === "response.output_item.done";
}
