/** Usage for a client that asked for it, where an upstream of its own dialect ended its stream without any. */
import type { CallRecord } from "../canonical/record.ts";
import type { Piece } from "../canonical/reply.ts";
import type { WriterOptions } from "../dialects/dialect.ts";
import { openaiChat } from "../dialects/openai-chat/openai-chat.ts";
import type { PieceEncoder } from "./reply-encoder.ts";

/**
 * Holds back what terminates the stream: only after it is the attempt over, and what arrived counted. A client that
 * keeps its own accounts would otherwise take the answer for a free one.
 */
export function withLateUsage(encoder: PieceEncoder, record: CallRecord, options: WriterOptions): PieceEncoder {
  let first: Piece | undefined;
  let reported = false;
  let held: Uint8Array | undefined;
  return {
    ...encoder,
    write(piece) {
      first ??= piece;
      reported ||= piece.usage !== undefined;
      const bytes = encoder.write(piece);
      if (reported || !bytes || !terminates(bytes)) return bytes;
      held = bytes;
      return undefined;
    },
    end() {
      if (!held || !first || !record.usage) return held ?? encoder.end();
      const writer = openaiChat.frameWriter(options);
      writer.resume([first]);
      writer.write([{ type: "usage", usage: record.usage }]);
      return writer.end();
    },
  };
}

const LONGEST_TERMINATOR = 32;

function terminates(bytes: Uint8Array): boolean {
  return bytes.byteLength <= LONGEST_TERMINATOR && /^data: ?\[DONE\]\s*$/.test(Buffer.from(bytes).toString());
}
