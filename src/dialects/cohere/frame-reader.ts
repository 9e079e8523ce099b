import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { type FrameRead, failurePiece, framePieces } from "../event-pieces.ts";
import { parseObject } from "../json-object.ts";
import { type SseFrame, sseFrames, sseSplitter } from "../sse.ts";
import { type EventState, readEvent } from "./stream-events.ts";

/** Cuts the stream into frames and reads each; the finish is in the last event, so an end without it is a cut. */
export function frameReader(): FrameReader {
  const splitter = sseSplitter();
  const state: EventState = { contentSeen: false, parts: new Map(), emptyCalls: new Set() };
  let started = false;
  let finished = false;
  let failed = false;

  const read = (frame: SseFrame): FrameRead | undefined => {
    if (frame.data === undefined || frame.data === "[DONE]") return { mark: "other", events: [] };
    const event = parseObject(frame.data);
    if (!event || failed) return undefined;
    const found = readEvent(state, event);
    started ||= typeof event["type"] === "string";
    if (found.finish) finished = true;
    if (found.failure) failed = true;
    return found;
  };
  const pieces = (block: Uint8Array | undefined): Piece[] =>
    block && !failed ? framePieces(sseFrames(block).map((frame) => ({ bytes: frame.bytes, read: read(frame) }))) : [];
  const fail = (failure: Failure): Piece => {
    failed = true;
    return failurePiece(failure);
  };

  return {
    push(chunk) {
      const found = pieces(splitter.push(chunk));
      if (splitter.overflowed() && !failed) found.push(fail(OVERSIZED));
      return found;
    },
    end() {
      const found = pieces(splitter.rest());
      if (!failed && !finished) found.push(fail(started ? TRUNCATED : EMPTY));
      return found;
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than 16 MiB." };
const EMPTY: Failure = { class: "malformed", message: "The upstream's stream held no event of this API." };
const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before its finish reason." };
