/**
 * Cuts a stream into pieces. Up to the first content every frame is parsed, because what comes decides whether this
 * upstream owns the client. Afterwards a block of frames that only continue the content is one piece, recognised by
 * comparing the first bytes of each frame with the few ways in which such frames begin.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { frameEnd, type SseFrame, sseFrame, sseFrames, sseSplitter } from "../sse.ts";
import { frameJson } from "./event-reader.ts";
import { parseFinish } from "./finish.ts";
import { isObject } from "./json.ts";
import { parseErrorEvent } from "./parse-error.ts";
import { parseUsage } from "./usage.ts";

interface State {
  /** A frame of this dialect has come. */
  started: boolean;
  contentSeen: boolean;
  finished: boolean;
  stopped: boolean;
  failed: boolean;
  startUsage: JsonObject | undefined;
}

export function frameReader(): FrameReader {
  const splitter = sseSplitter();
  const state: State = {
    started: false,
    contentSeen: false,
    finished: false,
    stopped: false,
    failed: false,
    startUsage: undefined,
  };
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
      const pieces = read(splitter.rest());
      if (state.failed) return pieces;
      if (!state.finished) pieces.push(fail(state, state.started ? TRUNCATED : EMPTY));
      // The finish has come, so the answer is whole; SDKs wait for the last event all the same.
      else if (!state.stopped) pieces.push({ mark: "other", bytes: MESSAGE_STOP });
      return pieces;
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than 16 MiB." };
const EMPTY: Failure = { class: "malformed", message: "The upstream's stream held no event of this API." };
const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before its stop reason." };
const MESSAGE_STOP = sseFrame('{"type":"message_stop"}', "message_stop");

function fail(state: State, failure: Failure): Piece {
  state.failed = true;
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}

/** A block of nothing but frames that continue the content, by their look. When in doubt it is parsed. */
function isPlain(block: Uint8Array): boolean {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  for (let start = 0; start < bytes.byteLength; ) {
    const end = frameEnd(block, start);
    if (!looksWhole(bytes, start, end)) return false;
    start = end;
  }
  return true;
}

/** How Anthropic begins them; `ping` has a space of its own. */
const PLAIN_HEADS = ["content_block_delta", "content_block_start", "content_block_stop", "ping"].flatMap((name) =>
  [":", ": "].map((colon) => Buffer.from(`event: ${name}\ndata: {"type"${colon}"${name}"`)),
);

/** A known head and a closing brace, which Anthropic pads with spaces: whole JSON, whatever it says. */
function looksWhole(bytes: Buffer, start: number, end: number): boolean {
  let last = end - 1;
  while (last > start && bytes[last]! <= 0x20) last -= 1;
  if (bytes[last] !== 0x7d) return false;
  return PLAIN_HEADS.some(
    (head) =>
      start + head.byteLength < last && bytes.compare(head, 0, head.byteLength, start, start + head.byteLength) === 0,
  );
}

/** Neighbouring frames that belong together are one piece; broken JSON and a repeated start are left out. */
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
    const read = readFrame(state, frame);
    if (read === undefined || begins(read.mark, run?.mark)) close();
    if (read !== undefined) {
      if (!run) {
        runStart = at;
        run = read;
      } else run = { ...run, ...read, mark: joined(run.mark, read.mark) };
    }
    at += frame.bytes.byteLength;
    if (state.failed) break;
  }
  close();
  return pieces;
}

function whole(block: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === block.byteLength ? block : block.subarray(start, end);
}

/** Whether the mark opens a piece of its own: the first content does, and whatever else somebody waits for. */
function begins(mark: Piece["mark"], run: Piece["mark"] | undefined): boolean {
  if (mark === "content") return run !== "content";
  return mark === "finish" || mark === "usage" || mark === "error";
}

/** Pings and ends join what they follow. */
function joined(run: Piece["mark"], next: Piece["mark"]): Piece["mark"] {
  return run === "other" ? next : run;
}

/** The piece that this frame alone would be, or undefined when it is left out. */
function readFrame(state: State, frame: SseFrame): Piece | undefined {
  if (frame.data === undefined) return { mark: "other" };
  const event = frameJson(frame);
  if (!event) return undefined;
  switch (event["type"]) {
    case "message_start": {
      if (state.started) return undefined;
      state.started = true;
      const message = isObject(event["message"]) ? event["message"] : {};
      if (isObject(message["usage"])) state.startUsage = message["usage"];
      const usage = parseUsage(state.startUsage);
      return { mark: "start", ...(usage && { usage }) };
    }
    case "content_block_start":
    case "content_block_delta":
      state.started = true;
      if (state.contentSeen || hasContent(event)) state.contentSeen = true;
      return { mark: state.contentSeen ? "content" : "other" };
    case "content_block_stop":
      return { mark: state.contentSeen ? "content" : "other" };
    case "message_delta":
      return readMessageDelta(state, event);
    case "message_stop":
      state.stopped = true;
      return { mark: "other" };
    case "ping":
      return { mark: "other" };
    default: {
      if (!isObject(event["error"])) return { mark: "other" };
      const failure = parseErrorEvent(event);
      state.failed = true;
      return { mark: "error", failure };
    }
  }
}

function readMessageDelta(state: State, event: JsonObject): Piece {
  state.started = true;
  const delta = isObject(event["delta"]) ? event["delta"] : {};
  const usage = parseUsage(state.startUsage, event["usage"]);
  const piece: Piece = { mark: "usage", ...(usage && { usage }) };
  if (typeof delta["stop_reason"] !== "string") return piece;
  state.finished = true;
  return { ...piece, mark: "finish", finish: parseFinish(delta["stop_reason"]) };
}

/** A block's start is content when it says something by itself: a tool's name, a block that comes whole. */
function hasContent(event: JsonObject): boolean {
  const { content_block: block, delta } = event;
  if (isObject(block)) {
    if (block["type"] === "text") return block["text"] !== "" && block["text"] !== undefined;
    if (block["type"] === "thinking") return block["thinking"] !== "" && block["thinking"] !== undefined;
    return true;
  }
  if (!isObject(delta)) return false;
  const said = delta["text"] ?? delta["thinking"] ?? delta["partial_json"] ?? delta["signature"] ?? delta["citation"];
  return said !== undefined && said !== "";
}
