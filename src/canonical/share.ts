/**
 * One source, many readers: every reader sees the reply from its first piece, however late it joins. Used for
 * `Idempotency-Key` and for identical calls in flight. The source is pulled by whichever reader is ahead and cancelled
 * when the last reader leaves before its end.
 */
import type { Piece, Reply } from "./reply.ts";

/** A shared reply keeps at most this much; past it later readers can no longer join. */
export const SHARE_MAX_BYTES = 16 * 1024 * 1024;

export interface SharedReply {
  /** A reader from the start, or undefined when the reply grew past its bound or was cancelled. */
  join(): Reply | undefined;
  /** Settles when the source has ended: true when it ended whole, false when it failed or was cancelled. */
  readonly ended: Promise<boolean>;
  /** All pieces, once ended whole and within bounds. */
  pieces(): readonly Piece[] | undefined;
  /** Approximate size of what is kept. */
  bytes(): number;
}

export function shareReply(reply: Reply, maxBytes = SHARE_MAX_BYTES): SharedReply {
  const kept: Piece[] = [];
  let keptBytes = 0;
  let overflowed = false;
  let readers = 0;
  let state: "running" | "done" | "failed" | "cancelled" = "running";
  let thrown: unknown;
  let pulling: Promise<void> | undefined;
  const { promise: ended, resolve: settleEnded } = Promise.withResolvers<boolean>();

  const finish = (to: "done" | "failed" | "cancelled") => {
    if (state !== "running") return;
    state = to;
    settleEnded(to === "done" && !kept.some((piece) => piece.failure));
  };

  const pull = (): Promise<void> => {
    pulling ??= reply.pieces.next().then(
      (result) => {
        pulling = undefined;
        if (result.done) return finish("done");
        kept.push(result.value);
        keptBytes += result.value.bytes?.byteLength ?? approximateBytes(result.value);
        if (keptBytes > maxBytes) overflowed = true;
      },
      (error) => {
        pulling = undefined;
        thrown = error;
        finish("failed");
      },
    );
    return pulling;
  };

  const leave = () => {
    readers -= 1;
    if (readers > 0 || state !== "running") return;
    finish("cancelled");
    void reply.pieces.return?.();
  };

  const join = (): Reply | undefined => {
    if (overflowed || state === "cancelled") return undefined;
    readers += 1;
    let position = 0;
    let left = false;
    const leaveOnce = () => {
      if (left) return;
      left = true;
      leave();
    };
    const pieces: AsyncIterator<Piece, undefined> = {
      async next() {
        while (!left && position >= kept.length && state === "running") await pull();
        if (!left && position < kept.length) return { done: false, value: kept[position++]! };
        leaveOnce();
        if (state === "failed") throw thrown;
        return { done: true, value: undefined };
      },
      async return() {
        leaveOnce();
        return { done: true, value: undefined };
      },
    };
    return { dialect: reply.dialect, form: reply.form, pieces, reader: reply.reader };
  };

  return { join, ended, pieces: () => (state === "done" && !overflowed ? kept : undefined), bytes: () => keptBytes };
}

function approximateBytes(piece: Piece): number {
  let bytes = 64;
  for (const event of piece.events ?? []) {
    if ("text" in event) bytes += event.text.length;
    if ("json" in event) bytes += event.json.length;
  }
  return bytes;
}
