import type { Piece, Reply } from "../canonical/reply.ts";

/** Longer answers are not cached. */
const KEPT_MAX_BYTES = 8 * 1024 * 1024;

/**
 * Passes a reply on and remembers its pieces; `onWhole` gets them when it has ended whole and of itself. Not a failed
 * one, not one that was given up, and not one that went on elsewhere: nobody knows how well the parts fit.
 */
export function keptReply(reply: Reply, onWhole: (pieces: readonly Piece[]) => void): Reply {
  const { dialect, form, reader, pieces: source } = reply;
  let kept: Piece[] | undefined = [];
  let bytes = 0;
  const pieces: AsyncIterator<Piece, undefined> = {
    async next() {
      const result = await source.next();
      if (result.done) {
        if (kept && kept.length > 0) onWhole(kept);
        kept = undefined;
      } else if (kept) {
        const { value } = result;
        bytes += value.bytes?.byteLength ?? 0;
        if (value.failure || value.seam || bytes > KEPT_MAX_BYTES) kept = undefined;
        else kept.push(value);
      }
      return result;
    },
    async return() {
      kept = undefined;
      return (await source.return?.()) ?? { done: true, value: undefined };
    },
  };
  return { dialect, form, reader, pieces };
}
