/** Pieces of a reply as bytes of a stream in the client's dialect. */
import { formatUsd } from "../canonical/money.ts";
import type { CallRecord } from "../canonical/record.ts";
import type { EventReader, Piece, Reply } from "../canonical/reply.ts";
import type { Dialect, FrameWriter, WriterOptions } from "../dialects/dialect.ts";
import { withLateUsage } from "./late-usage.ts";
import type { ReplyContext } from "./reply.ts";

export interface PieceEncoder {
  /** Undefined or empty: nothing to send for this piece. */
  write(piece: Piece): Uint8Array | undefined;
  /** What terminates a stream that ended well. */
  end(): Uint8Array | undefined;
  /** No error can be written in it: it is cut off instead. */
  cuts?: boolean;
  /** The frame of an error as it ends this form of stream; absent: as it is. */
  error?(frame: Uint8Array): Uint8Array;
}

const UTF8 = new TextEncoder();

/**
 * Bytes pass as they came when they are of the client's dialect and form; else they are written from the events. What
 * follows a seam comes as events: then a writer takes up the stream that went out as bytes so far.
 */
export function encoderFor(reply: Reply, context: ReplyContext): PieceEncoder {
  const { dialect } = context;
  let costNanoUsd: number | null | undefined;
  const options = writerOptions(context, () => (costNanoUsd === undefined ? context.record.costNanoUsd : costNanoUsd));
  let passing = reply.form === "stream" && reply.dialect === dialect.name;
  let encoder = passing
    ? passThrough(dialect, options, context)
    : writeEvents(eventsOf(reply, context.record), dialect.frameWriter(options));
  return {
    write(piece) {
      if (piece.costNanoUsd !== undefined) costNanoUsd = piece.costNanoUsd;
      if (!piece.seam) return encoder.write(piece);
      if (passing) {
        const writer = dialect.frameWriter(options);
        writer.resume(piece.seam.sent);
        encoder = writeEvents(eventsOf(reply, context.record), writer);
        passing = false;
      }
      return joined(dialect.allowsComments ? seamComment(piece.seam) : undefined, encoder.write(piece));
    },
    end: () => encoder.end(),
  };
}

function seamComment({ from, to }: { from: string; to: string }): Uint8Array {
  return UTF8.encode(`: failover from=${from} to=${to}\n\n`);
}

function joined(first: Uint8Array | undefined, second: Uint8Array | undefined): Uint8Array | undefined {
  return first && second ? Buffer.concat([first, second]) : (first ?? second);
}

/** `costNanoUsd` is asked when the usage is written. */
export function writerOptions(context: ReplyContext, costNanoUsd: () => number | null): WriterOptions {
  return {
    includeUsage: context.facts.wantsUsage,
    costUsd() {
      const cost = costNanoUsd();
      return cost === null ? null : formatUsd(cost);
    },
    requestId: context.record.repeats ?? context.exchange.requestId,
    createdSeconds: Math.floor(context.exchange.ports.clock.now() / 1_000),
    ...(context.facts.echo && { echo: context.facts.echo }),
  };
}

function passThrough(dialect: Dialect, options: WriterOptions, { record }: ReplyContext): PieceEncoder {
  const encoder = passBytes(dialect, options);
  return dialect.name === "openai-chat" && options.includeUsage ? withLateUsage(encoder, record, options) : encoder;
}

function passBytes(dialect: Dialect, options: WriterOptions): PieceEncoder {
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

/** The events of a reply. Bedrock and Cohere do not write which model answers: then it is the target's. */
export function eventsOf(reply: Reply, record: CallRecord): EventReader {
  const read = reply.reader();
  return (piece) => {
    const events = read(piece);
    const [first, ...others] = events;
    if (first?.type !== "start" || first.model !== "") return events;
    return [{ ...first, model: record.answeredBy?.model ?? "" }, ...others];
  };
}

function writeEvents(read: EventReader, writer: FrameWriter): PieceEncoder {
  return { write: (piece) => writer.write(read(piece)), end: () => writer.end() };
}
