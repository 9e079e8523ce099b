/**
 * Pieces of streams whose every frame is parsed when it arrives: formats that no client of the gateway speaks, so that
 * nothing is won by passing their bytes on unread. Neighbouring frames of one chunk become one piece.
 */
import type { Failure } from "../canonical/errors.ts";
import type { ReplyEvent } from "../canonical/events.ts";
import type { EventReader, Mark, Piece } from "../canonical/reply.ts";
import type { FrameReader } from "./dialect.ts";

/** What one frame says. */
export interface FrameRead extends Omit<Piece, "bytes"> {
  events: readonly ReplyEvent[];
}

/** A frame's bytes and what it says; undefined where it is broken and left out. */
export interface ReadFrame {
  bytes: Uint8Array;
  read: FrameRead | undefined;
}

/** The pieces of the frames of one block. A finish, usage or error stands alone; nothing follows an error. */
export function framePieces(frames: Iterable<ReadFrame>): Piece[] {
  const pieces: Piece[] = [];
  let run: { mark: Mark; bytes: Uint8Array[]; events: ReplyEvent[] } | undefined;
  const close = () => {
    if (run) pieces.push({ ...run, bytes: run.bytes.length === 1 ? run.bytes[0]! : Buffer.concat(run.bytes) });
    run = undefined;
  };
  for (const { bytes, read } of frames) {
    if (!read) continue;
    const alone = read.mark === "finish" || read.mark === "usage" || read.mark === "error";
    if (alone) {
      close();
      pieces.push({ ...read, bytes });
      if (read.failure) return pieces;
      continue;
    }
    run ??= { mark: read.mark, bytes: [], events: [] };
    run.mark = joined(run.mark, read.mark);
    run.bytes.push(bytes);
    run.events.push(...read.events);
  }
  close();
  return pieces;
}

/** Content outranks the preamble, and the start what carries nothing. */
function joined(run: Mark, next: Mark): Mark {
  if (run === "content" || next === "content") return "content";
  return run === "start" || next === "start" ? "start" : next;
}

/** The reply has failed: the last piece, which the client never sees as bytes. */
export function failurePiece(failure: Failure): Piece {
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}

/** Events are on the pieces already; pieces of bytes alone are read by a reader of their own. */
export function eventsOnPieces(frameReader: () => FrameReader): EventReader {
  let own: FrameReader | undefined;
  return (piece) => {
    const { events, bytes, failure } = piece;
    if (events) return events;
    if (failure) return [{ type: "error", failure }];
    if (!bytes) return [];
    own ??= frameReader();
    return own.push(bytes).flatMap((part) => part.events ?? []);
  };
}
