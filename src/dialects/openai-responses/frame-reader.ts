/**
 * Cuts a stream into pieces. Up to the first content every frame is parsed, because what comes decides whether this
 * upstream owns the client: `response.created` and `response.in_progress` say nothing yet. Afterwards a block of frames
 * that only continue the answer is one piece, recognised by how such frames begin.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Mark, Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { eventFrameReader, everyFrame, failWith, frameRuns, hasHead, headsOf, NO_EVENT } from "../event-frames.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import type { SseFrame } from "../sse.ts";
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
  const state: State = { started: false, contentSeen: false, calls: false, finished: false, failed: false };
  return eventFrameReader({
    state,
    isPlain: (block) => state.contentSeen && !state.finished && everyFrame(block, isPlainFrame),
    // Broken JSON is left out.
    readBlock: (block) =>
      frameRuns(block, state, { read: (frame) => (state.finished ? AFTER : readFrame(state, frame)), begins }),
    end(rest) {
      if (state.finished) return [];
      const body = !state.started && rest ? parseObject(Buffer.from(rest).toString()) : undefined;
      if (body && isObject(body["error"])) return [failWith(state, streamFailure(body))];
      return [failWith(state, state.started ? TRUNCATED : NO_EVENT)];
    },
  });
}

const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before the response did." };

/** How OpenAI begins the frames that come by the hundred. */
const isPlainFrame = hasHead(
  headsOf([
    "response.output_text.delta",
    "response.function_call_arguments.delta",
    "response.reasoning_summary_text.delta",
    "response.reasoning_text.delta",
    "response.refusal.delta",
    "response.custom_tool_call_input.delta",
  ]),
);

/** What follows the last event (`[DONE]` of some servers) changes nothing any more. */
const AFTER: Piece = { mark: "other" };

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
