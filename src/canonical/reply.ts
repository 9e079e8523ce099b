/**
 * A reply is a pull-based sequence of pieces, whether it streams or not. `bytes` are whole frames (or the whole body)
 * exactly as the upstream sent them, in the reply's dialect; `events` are the canonical form. A piece has at least one
 * of the two. Whoever needs events calls the reply's `reader()`.
 */

import type { FinishReason } from "./chat.ts";
import type { Failure } from "./errors.ts";
import { toGatewayError } from "./errors.ts";
import type { ReplyEvent } from "./events.ts";
import type { CallRecord, Outcome } from "./record.ts";
import type { Usage } from "./usage.ts";

/**
 * `content` is what commits a reply: text, reasoning, tool-call start, refusal, media; never pings or preambles.
 * A piece of several frames carries the mark of its last content, and is split wherever `usage`, `finish` or `error`
 * begins.
 */
export type Mark = "start" | "content" | "usage" | "finish" | "error" | "other";

export interface Piece {
  mark: Mark;
  bytes?: Uint8Array;
  events?: readonly ReplyEvent[];
  /** On the first piece of an answer that passes as it comes and is no JSON: sound, a transcript as text. */
  contentType?: string;
  /** Known without a parser: what billing and the router need. A piece may hold finish and usage at once. */
  usage?: Usage;
  finish?: FinishReason;
  failure?: Failure;
  /** Cost of the usage in this piece, integer nano-USD; null when no price is known. */
  costNanoUsd?: number | null;
  /**
   * A stream goes on elsewhere from here: targets as `provider/model`. Written as an SSE comment where allowed. What
   * follows are events only; `sent` is what the client has so far, for the writer that takes up the stream.
   */
  seam?: { from: string; to: string; sent: readonly Piece[] };
}

/** Turns the pieces of one reply, in order, into events. Keeps the parser's state between calls. */
export type EventReader = (piece: Piece) => readonly ReplyEvent[];

export interface Reply {
  /** Dialect of `bytes`. */
  dialect: string;
  /** `whole`: one piece holds the complete answer. */
  form: "stream" | "whole";
  pieces: AsyncIterator<Piece, undefined>;
  /** A fresh reader that starts at the first piece. */
  reader(): EventReader;
}

export const OK: Outcome = { ok: true };

/** The outcome of anything thrown. */
export function failed(thrown: unknown): Outcome {
  const { code, status, source, message } = toGatewayError(thrown);
  return { ok: false, code, status, source, message };
}

const CLIENT_CLOSED: Outcome = {
  ok: false,
  code: "client_closed",
  status: 499,
  source: "client",
  message: "The client closed the connection.",
};

/**
 * Calls `settle` and closes the record exactly once, when the client's reply ends: drained, failed or dropped.
 * A plain iterator object on purpose: `return()` on an async generator that nobody has pulled skips its `finally`.
 */
export function settleOnEnd(reply: Reply, settle: (outcome: Outcome) => void, record: CallRecord): Reply {
  const source = reply.pieces;
  let failure: Failure | undefined;
  let open = true;
  const end = (outcome: Outcome) => {
    if (!open) return;
    open = false;
    settle(outcome);
    record.close(outcome);
  };
  const pieces: AsyncIterator<Piece, undefined> = {
    async next() {
      try {
        const result = await source.next();
        if (result.done) end(failure ? brokenStream(failure) : OK);
        else {
          if (result.value.failure) failure = result.value.failure;
          if (result.value.finish) record.finish = result.value.finish.unified;
        }
        return result;
      } catch (error) {
        end(failed(error));
        throw error;
      }
    },
    async return() {
      // The source first: giving it up settles its attempt, and the record is closed with what that cost.
      const returned = source.return?.();
      end(failure ? brokenStream(failure) : CLIENT_CLOSED);
      await returned;
      return { done: true, value: undefined };
    },
  };
  return { dialect: reply.dialect, form: reply.form, pieces, reader: reply.reader };
}

function brokenStream(failure: Failure): Outcome {
  const code = failure.class === "timeout" ? "upstream_timeout" : "upstream_error";
  return { ok: false, code, status: 200, source: "upstream", message: failure.message };
}
