/**
 * A plain-text stream that is cut or stalls after content goes on at the next target. The client keeps one stream with
 * one identity; the seam is disclosed. Everything before the seam went out as it came, nothing is held back for the
 * case that it might be needed: the pieces are kept on the side, bounded.
 */

import type { ChatRequest } from "../canonical/chat.ts";
import { FAILURES, type Failure } from "../canonical/errors.ts";
import type { ReplyEvent } from "../canonical/events.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { addUsage, type Usage } from "../canonical/usage.ts";
import type { Way } from "./continuation-ways.ts";
import type { KeptPieces } from "./kept-pieces.ts";
import { type Partial, partialOf } from "./partial.ts";
import { createSeam, SeamError } from "./seam.ts";

export interface Continued {
  reply: Reply;
  way: Way;
  trimmed: string;
  /** `provider/model`. */
  target: string;
}

export interface ContinuationOptions {
  request(): ChatRequest;
  /** `provider/model` of the stream that may break. */
  from: string;
  /** Finds a target that goes on, up to its first content; undefined when there is none. */
  goOn(failure: Failure, partial: Partial): Promise<Continued | undefined>;
  /** What the broken attempt had used, for the usage the client sees. */
  usageSoFar(): Usage | undefined;
  kept: KeptPieces;
}

export function continuable(reply: Reply, options: ContinuationOptions): Reply {
  let source = reply.pieces;
  let joined = false;

  const afterBreak = async (broken: Piece, failure: Failure): Promise<Piece> => {
    const kept = options.kept.all();
    if (joined || !kept || !mayBeContinued(failure)) return broken;
    const partial = partialOf(kept, reply, options.request());
    if (typeof partial === "string") return broken;
    const continued = await options.goOn(failure, partial);
    if (!continued) return broken;
    joined = true;
    source = joinedPieces(continued, partial, options.usageSoFar());
    return { mark: "other", events: [], seam: { from: options.from, to: continued.target, sent: kept } };
  };

  const pieces: AsyncIterator<Piece, undefined> = {
    async next() {
      const result = await source.next();
      if (result.done || joined) return result;
      const { failure } = result.value;
      return failure ? { done: false, value: await afterBreak(result.value, failure) } : result;
    },
    async return() {
      joined = true;
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  const reader: Reply["reader"] = () => {
    const read = reply.reader();
    // Pieces after the seam are events only; a piece with neither (Gemini's finish) means something to its reader.
    return (piece) => (piece.bytes || !piece.events ? read(piece) : piece.events);
  };
  return { dialect: reply.dialect, form: reply.form, pieces, reader };
}

function mayBeContinued(failure: Failure): boolean {
  return FAILURES[failure.class].nextTarget === "any";
}

/** The second reply as events that carry the first one's numbering, with its start joined to what the client has. */
function joinedPieces(
  { reply, way, trimmed }: Continued,
  partial: Partial,
  before: Usage | undefined,
): AsyncIterator<Piece, undefined> {
  const seam = createSeam(partial.text, way, trimmed);
  const read = reply.reader();
  let failed = false;
  const convert = (piece: Piece): Piece => {
    const events = read(piece).flatMap((event) => joinedEvents(event, partial, seam, before));
    const { mark, finish, costNanoUsd, failure } = piece;
    const usage = piece.usage && (before ? addUsage(before, piece.usage) : piece.usage);
    return { mark, finish, costNanoUsd, failure, usage, events };
  };
  return {
    async next() {
      if (failed) return { done: true, value: undefined };
      const result = await reply.pieces.next();
      if (result.done) return result;
      try {
        return { done: false, value: convert(result.value) };
      } catch (error) {
        if (!(error instanceof SeamError)) throw error;
        failed = true;
        await reply.pieces.return?.();
        return { done: false, value: { mark: "error", failure: error.failure } };
      }
    },
    async return() {
      await reply.pieces.return?.();
      return { done: true, value: undefined };
    },
  };
}

function joinedEvents(
  event: ReplyEvent,
  partial: Partial,
  seam: ReturnType<typeof createSeam>,
  before: Usage | undefined,
): ReplyEvent[] {
  const text = (value: string | undefined): ReplyEvent[] =>
    value ? [{ type: "text", choice: 0, part: partial.part, text: value }] : [];
  switch (event.type) {
    case "start":
      return [];
    case "text":
      return text(seam.text(event.text));
    case "finish":
      return [...text(seam.end()), event];
    case "usage":
      return [before ? { type: "usage", usage: addUsage(before, event.usage) } : event];
    case "error":
      return [event];
    default:
      // Whatever follows the text (a tool call, a citation) comes after it in the numbering too.
      return [
        ...text(seam.end()),
        { ...event, part: "part" in event ? event.part + partial.part + 1 : 0 } as ReplyEvent,
      ];
  }
}
