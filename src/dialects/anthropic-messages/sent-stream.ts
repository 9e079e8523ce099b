import type { Piece } from "../../canonical/reply.ts";
import { sseFrames } from "../sse.ts";
import type { OpenBlock } from "./block-writer.ts";
import { frameJson } from "./event-reader.ts";
import { isObject } from "./json.ts";

/** How far a half-sent stream has come. */
export interface SentStream {
  /** Its `message_start` went out: id and model are settled. */
  started: boolean;
  /** Number of blocks begun. */
  nextIndex: number;
  open: OpenBlock | undefined;
}

/** Pieces hold whole frames, so each can be read by itself. */
export function readSent(pieces: readonly Piece[]): SentStream {
  const sent: SentStream = { started: false, nextIndex: 0, open: undefined };
  for (const piece of pieces) {
    if (!piece.bytes) continue;
    for (const frame of sseFrames(piece.bytes)) {
      const event = frameJson(frame);
      if (event?.["type"] === "message_start") sent.started = true;
      else if (event?.["type"] === "content_block_start") {
        const index = Number(event["index"]);
        const type = isObject(event["content_block"]) ? event["content_block"]["type"] : undefined;
        sent.nextIndex = Math.max(sent.nextIndex, index + 1);
        sent.open = { index, kind: type === "text" || type === "thinking" ? type : "other", signed: false };
      } else if (event?.["type"] === "content_block_delta") {
        const type = isObject(event["delta"]) ? event["delta"]["type"] : undefined;
        if (sent.open && type === "signature_delta") sent.open.signed = true;
      } else if (event?.["type"] === "content_block_stop") sent.open = undefined;
    }
  }
  return sent;
}
