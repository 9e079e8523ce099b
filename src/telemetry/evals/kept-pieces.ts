import type { Piece, Reply } from "../../canonical/reply.ts";

/** A longer answer is not judged. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Pieces without bytes are small events. */
const EVENT_PIECE_BYTES = 256;

export interface Keeping {
  /** Asks for room for so many bytes more; false: there is none. */
  take(bytes: number): boolean;
  /** Called once. `pieces` is absent when there was no room; `whole`: the reply was read to its end. */
  ended(pieces: readonly Piece[] | undefined, bytes: number, whole: boolean): void;
}

/** The same reply, whose pieces are kept as they pass. */
export function keepPieces(reply: Reply, keeping: Keeping): Reply {
  const source = reply.pieces;
  let kept: Piece[] | undefined = [];
  let bytes = 0;
  let open = true;
  const end = (whole: boolean) => {
    if (!open) return;
    open = false;
    keeping.ended(kept, bytes, whole);
  };
  const keep = (piece: Piece) => {
    if (!kept) return;
    const size = piece.bytes?.byteLength ?? EVENT_PIECE_BYTES;
    if (bytes + size > MAX_KEPT_BYTES || !keeping.take(size)) {
      kept = undefined;
      return;
    }
    bytes += size;
    kept.push(piece);
  };
  return {
    dialect: reply.dialect,
    form: reply.form,
    reader: reply.reader,
    pieces: {
      async next() {
        try {
          const result = await source.next();
          if (result.done) end(true);
          else keep(result.value);
          return result;
        } catch (error) {
          end(false);
          throw error;
        }
      },
      async return() {
        end(false);
        await source.return?.();
        return { done: true, value: undefined };
      },
    },
  };
}
