import type { Piece } from "../../canonical/reply.ts";
import type { WriterOptions } from "../dialect.ts";
import { splice } from "../splice.ts";
import { sseFrame, sseFrames } from "../sse.ts";

/** The last event of a stream tells what the answer has cost; everything else stays as it came. */
export function adaptPiece(piece: Piece, options: WriterOptions): Piece {
  if (!piece.usage || !piece.bytes) return piece;
  const cost = options.costUsd?.();
  const { data, event } = sseFrames(piece.bytes)[0] ?? {};
  if (cost === undefined || cost === null || data === undefined) return piece;
  const edited = splice(Buffer.from(data), [{ op: "set", path: ["response", "usage", "cost_usd"], value: cost }]);
  return { ...piece, bytes: sseFrame(Buffer.from(edited).toString(), event) };
}
