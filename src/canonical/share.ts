/**
 * One source, many readers: every reader sees the reply from its first piece, however late it joins. Used for
 * `Idempotency-Key` and for identical calls in flight. The source is pulled by whichever reader is ahead and cancelled
 * when the last reader leaves before its end.
 */
import type { Piece, Reply } from "./reply.ts";

/** A shared reply keeps at most this much; past it later readers can no longer join. */
const SHARE_MAX_BYTES = 16 * 1024 * 1024;

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

interface Reader {
  /** Number of pieces it has taken. */
  position: number;
}

export function shareReply(reply: Reply, maxBytes = SHARE_MAX_BYTES): SharedReply {
  /** The pieces from number `dropped` on; nothing is dropped while the reply is within its bound. */
  let kept: Piece[] = [];
  let dropped = 0;
  let keptBytes = 0;
  let overflowed = false;
  let broken = false;
  const readers = new Set<Reader>();
  let state: "running" | "done" | "failed" | "cancelled" = "running";
  let thrown: unknown;
  let pulling: Promise<void> | undefined;
  const { promise: ended, resolve: settleEnded } = Promise.withResolvers<boolean>();

  const finish = (to: "done" | "failed" | "cancelled") => {
    if (state !== "running") return;
    state = to;
    settleEnded(to === "done" && !broken);
  };

  const keep = (piece: Piece) => {
    kept.push(piece);
    keptBytes += bytesOf(piece);
    broken ||= piece.failure !== undefined;
    overflowed ||= keptBytes > maxBytes;
  };

  /** Nobody can join any more: what all readers have taken is of no use. */
  const dropTaken = () => {
    const taken = Math.min(...[...readers].map(({ position }) => position)) - dropped;
    if (taken <= 0 || !Number.isFinite(taken)) return;
    for (const piece of kept.slice(0, taken)) keptBytes -= bytesOf(piece);
    kept = kept.slice(taken);
    dropped += taken;
  };

  const pull = (): Promise<void> => {
    pulling ??= reply.pieces.next().then(
      (result) => {
        pulling = undefined;
        if (result.done) finish("done");
        else keep(result.value);
      },
      (error) => {
        pulling = undefined;
        thrown = error;
        finish("failed");
      },
    );
    return pulling;
  };

  const leave = (reader: Reader) => {
    if (!readers.delete(reader) || readers.size > 0 || state !== "running") return;
    finish("cancelled");
    // Nobody is left who could be told that giving up failed.
    reply.pieces.return?.().catch(() => {});
  };

  const join = (): Reply | undefined => {
    if (overflowed || state === "cancelled") return undefined;
    const reader: Reader = { position: 0 };
    readers.add(reader);
    const pieces: AsyncIterator<Piece, undefined> = {
      async next() {
        while (readers.has(reader) && reader.position - dropped >= kept.length && state === "running") await pull();
        const piece = readers.has(reader) ? kept[reader.position - dropped] : undefined;
        if (piece) {
          reader.position += 1;
          if (overflowed) dropTaken();
          return { done: false, value: piece };
        }
        const whole = !readers.has(reader) || state !== "failed";
        leave(reader);
        if (!whole) throw thrown;
        return { done: true, value: undefined };
      },
      async return() {
        leave(reader);
        return { done: true, value: undefined };
      },
    };
    return { dialect: reply.dialect, form: reply.form, pieces, reader: reply.reader };
  };

  return { join, ended, pieces: () => (state === "done" && !overflowed ? kept : undefined), bytes: () => keptBytes };
}

function bytesOf(piece: Piece): number {
  return piece.bytes?.byteLength ?? approximateBytes(piece);
}

function approximateBytes(piece: Piece): number {
  let bytes = 64;
  for (const event of piece.events ?? []) {
    if ("text" in event) bytes += event.text.length;
    if ("json" in event) bytes += event.json.length;
  }
  return bytes;
}
