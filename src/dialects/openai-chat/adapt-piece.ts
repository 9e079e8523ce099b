import type { Piece } from "../../canonical/reply.ts";
import type { WriterOptions } from "../dialect.ts";
import { type Edit, splice } from "../splice.ts";
import { sseFrame, sseFrames } from "../sse.ts";

/**
 * Usage is always asked for upstream, for billing; here it is hidden from a client that did not ask, and given its cost
 * for one that did. Usage beside a choice goes away for both: the reader sees to it that a chunk of its own follows.
 */
export function adaptPiece(piece: Piece, options: WriterOptions): Piece | undefined {
  if (!piece.usage || !piece.bytes || isWhole(piece.bytes)) return piece;
  if (piece.mark !== "usage") return withEdits(piece, [...HIDE]);
  if (!options.includeUsage) return undefined;
  const cost = options.costUsd?.();
  if (cost === undefined || cost === null) return piece;
  return withEdits(piece, [{ op: "set", path: ["usage", "cost_usd"], value: cost }]);
}

const HIDE: readonly Edit[] = [
  { op: "delete", path: ["usage"] },
  { op: "delete", path: ["x_groq", "usage"] },
];

/** A piece with usage is one frame. */
function withEdits(piece: Piece, edits: readonly Edit[]): Piece {
  const data = sseFrames(piece.bytes!)[0]?.data;
  if (data === undefined) return piece;
  return { ...piece, bytes: sseFrame(Buffer.from(splice(Buffer.from(data), edits)).toString()) };
}

/** A whole answer always shows its usage. */
function isWhole(bytes: Uint8Array): boolean {
  let at = 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return bytes[at] === 0x7b;
}
