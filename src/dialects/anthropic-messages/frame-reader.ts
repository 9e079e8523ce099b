/**
 * Cuts a stream into pieces. Up to the first content every frame is parsed, because what comes decides whether this
 * upstream owns the client. Afterwards a block of frames that only continue the content is one piece, recognised by
 * comparing the first bytes of each frame with the few ways in which such frames begin.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { eventFrameReader, everyFrame, failWith, frameRuns, hasHead, headsOf, NO_EVENT } from "../event-frames.ts";
import { type SseFrame, sseFrame } from "../sse.ts";
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
  const state: State = {
    started: false,
    contentSeen: false,
    finished: false,
    stopped: false,
    failed: false,
    startUsage: undefined,
  };
  return eventFrameReader({
    state,
    isPlain: (block) => state.contentSeen && !state.finished && everyFrame(block, isPlainFrame),
    // Broken JSON and a repeated start are left out.
    readBlock: (block) => frameRuns(block, state, { read: (frame) => readFrame(state, frame), begins }),
    end() {
      if (!state.finished) return [failWith(state, state.started ? TRUNCATED : NO_EVENT)];
      // The finish has come, so the answer is whole; SDKs wait for the last event all the same.
      return state.stopped ? [] : [{ mark: "other", bytes: MESSAGE_STOP }];
    },
  });
}

const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before its stop reason." };
const MESSAGE_STOP = sseFrame('{"type":"message_stop"}', "message_stop");

/** How Anthropic begins frames that continue the content; `ping` has a space of its own. It pads them with spaces. */
const isPlainFrame = hasHead(headsOf(["content_block_delta", "content_block_start", "content_block_stop", "ping"]));

/** Whether the mark opens a piece of its own: the first content does, and whatever else somebody waits for. */
function begins(mark: Piece["mark"], run: Piece["mark"] | undefined): boolean {
  if (mark === "content") return run !== "content";
  return mark === "finish" || mark === "usage" || mark === "error";
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
