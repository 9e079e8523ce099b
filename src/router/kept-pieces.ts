/**
 * The pieces of one stream, kept on the side up to a bound: for the price of an answer whose upstream never told its
 * usage, and for going on with one that was cut. Nothing is parsed before it is needed.
 */
import type { EventReader, Piece } from "../canonical/reply.ts";

/** A longer partial answer is neither continued nor counted word by word. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** Pieces without bytes are small events. */
const EVENT_PIECE_BYTES = 256;

export interface KeptPieces {
  add(piece: Piece): void;
  /** Everything so far, or undefined when it grew past the bound. */
  all(): readonly Piece[] | undefined;
  /** What the model wrote: text, reasoning, refusals, tool arguments. */
  text(reader: EventReader): string;
}

export function keepPieces(): KeptPieces {
  const kept: Piece[] = [];
  let bytes = 0;
  return {
    add(piece) {
      bytes += piece.bytes?.byteLength ?? EVENT_PIECE_BYTES;
      if (bytes <= MAX_KEPT_BYTES) kept.push(piece);
    },
    all: () => (bytes <= MAX_KEPT_BYTES ? kept : undefined),
    text(reader) {
      let text = "";
      for (const piece of kept) {
        for (const event of reader(piece)) {
          if (event.type === "text" || event.type === "reasoning" || event.type === "refusal") text += event.text;
          else if (event.type === "arguments") text += event.json;
        }
      }
      return text;
    },
  };
}
