/** Pieces of a reply as bytes of a stream in the client's dialect. */
import { formatUsd } from "../canonical/money.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import type { WriterOptions } from "../dialects/dialect.ts";
import type { ReplyContext } from "./reply.ts";

export interface PieceEncoder {
  /** Undefined or empty: nothing to send for this piece. */
  write(piece: Piece): Uint8Array | undefined;
  /** What terminates a stream that ended well. */
  end(): Uint8Array | undefined;
}

const UTF8 = new TextEncoder();

/** Bytes pass as they came when they are of the client's dialect and form; else they are written from the events. */
export function encoderFor(reply: Reply, context: ReplyContext): PieceEncoder {
  let costNanoUsd: number | null | undefined;
  const options = writerOptions(context, () => (costNanoUsd === undefined ? context.record.costNanoUsd : costNanoUsd));
  const encoder =
    reply.form === "stream" && reply.dialect === context.dialect.name
      ? passBytes(context, options)
      : writeEvents(reply, context, options);
  const { allowsComments } = context.dialect;
  return {
    write(piece) {
      if (piece.costNanoUsd !== undefined) costNanoUsd = piece.costNanoUsd;
      const bytes = encoder.write(piece);
      if (!piece.seam || !allowsComments) return bytes;
      const comment = UTF8.encode(`: failover from=${piece.seam.from} to=${piece.seam.to}\n\n`);
      return bytes ? Buffer.concat([comment, bytes]) : comment;
    },
    end: encoder.end,
  };
}

/** `costNanoUsd` is asked when the usage is written. */
export function writerOptions(context: ReplyContext, costNanoUsd: () => number | null): WriterOptions {
  return {
    includeUsage: context.facts.wantsUsage,
    costUsd() {
      const cost = costNanoUsd();
      return cost === null ? null : formatUsd(cost);
    },
    requestId: context.exchange.requestId,
    createdSeconds: Math.floor(context.exchange.ports.clock.now() / 1_000),
  };
}

function passBytes(context: ReplyContext, options: WriterOptions): PieceEncoder {
  const { dialect } = context;
  return {
    write(piece) {
      const adapted = dialect.adaptPiece ? dialect.adaptPiece(piece, options) : piece;
      if (!adapted) return undefined;
      // Losing content in silence would be the worst way to end; this one is loud.
      if (!adapted.bytes && adapted.events?.length)
        throw new Error(`a ${dialect.name} stream has a piece without bytes`);
      return adapted.bytes;
    },
    end: () => undefined,
  };
}

function writeEvents(reply: Reply, context: ReplyContext, options: WriterOptions): PieceEncoder {
  const read = reply.reader();
  const writer = context.dialect.frameWriter(options);
  return { write: (piece) => writer.write(read(piece)), end: () => writer.end() };
}
