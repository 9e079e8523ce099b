import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader } from "../../canonical/reply.ts";
import { sseFrames } from "../sse.ts";
import { chunkReader } from "./chunk-events.ts";
import { frameJson } from "./frame-reader.ts";
import { blockedFailure, inBandFailure } from "./parse-error.ts";

export function eventReader(): EventReader {
  const reader = chunkReader();
  return (piece) => {
    // Looked at once: a whole answer makes its events on first use.
    const given = piece.events;
    if (given) return given;
    const events: ReplyEvent[] = [];
    if (piece.bytes)
      for (const frame of sseFrames(piece.bytes)) {
        const chunk = frameJson(frame);
        if (!chunk) continue;
        const failure = chunk["error"] !== undefined ? inBandFailure(chunk) : blockedFailure(chunk);
        if (failure) events.push({ type: "error", failure });
        else events.push(...reader.read(chunk));
      }
    if (piece.mark === "finish") events.push(...reader.end());
    if (piece.failure && events.at(-1)?.type !== "error") events.push({ type: "error", failure: piece.failure });
    return events;
  };
}
