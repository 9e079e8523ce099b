import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader, Piece } from "../../canonical/reply.ts";
import { sseFrames } from "../sse.ts";
import { parseChunk } from "./chunk.ts";
import { chunkEvents } from "./chunk-events.ts";
import { inBandFailure } from "./errors.ts";
import { hasError } from "./parse-reply.ts";

/** Events of the pieces of one reply, in order. Frames that hold no valid chunk are skipped. */
export function eventReader(): EventReader {
  const read = chunkEvents();
  return (piece: Piece): readonly ReplyEvent[] => {
    if (piece.events) return piece.events;
    if (piece.failure) return [{ type: "error", failure: piece.failure }];
    if (!piece.bytes) return [];
    const events: ReplyEvent[] = [];
    for (const { data } of sseFrames(piece.bytes)) {
      const chunk = data === undefined ? undefined : parseChunk(data);
      if (!chunk) continue;
      if (hasError(chunk)) events.push({ type: "error", failure: inBandFailure(chunk) });
      else events.push(...read(chunk));
    }
    return events;
  };
}
