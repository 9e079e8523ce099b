import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { type FrameRead, failurePiece, framePieces } from "../event-pieces.ts";
import { type EventStreamMessage, eventStreamSplitter } from "../event-stream.ts";
import { parseObject } from "../json-object.ts";
import { streamFailure } from "./errors.ts";
import { type EventState, readEvent } from "./stream-events.ts";

const DECODER = new TextDecoder();

/** Cuts the binary stream into messages; a wrong checksum or an exception ends the reply. */
export function frameReader(): FrameReader {
  const splitter = eventStreamSplitter();
  const state: EventState = { contentSeen: false, parts: new Map(), blocks: new Map() };
  let started = false;
  let finished = false;
  let failed = false;

  const read = (message: EventStreamMessage): FrameRead | undefined => {
    const { headers } = message;
    const payload = parseObject(DECODER.decode(message.payload));
    started = true;
    if (headers[":message-type"] === "exception" || headers[":message-type"] === "error") {
      failed = true;
      const failure = streamFailure(headers, payload);
      return { mark: "error", failure, events: [{ type: "error", failure }] };
    }
    if (!payload) return undefined;
    const found = readEvent(state, headers[":event-type"] ?? "", payload);
    if (found.finish) finished = true;
    return found;
  };
  const fail = (failure: Failure): Piece => {
    failed = true;
    return failurePiece(failure);
  };

  return {
    push(chunk) {
      if (failed) return [];
      const pieces = framePieces(
        splitter.push(chunk).map((message) => ({ bytes: message.bytes, read: read(message) })),
      );
      const fault = splitter.broken();
      if (fault !== undefined && !failed)
        pieces.push(fail({ class: "malformed", message: `The upstream's event stream is broken: ${fault}.` }));
      return pieces;
    },
    end() {
      if (failed || finished) return [];
      return [fail(started ? TRUNCATED : EMPTY)];
    },
  };
}

const EMPTY: Failure = { class: "malformed", message: "The upstream's stream held no event of this API." };
const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before its stop reason." };
