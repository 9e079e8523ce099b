/**
 * Cuts an upstream's stream into pieces. Until the first content every frame is parsed; afterwards only those that may
 * be more than content: runs of plain ones stay one piece, whose bytes are those that came.
 */
import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { frameEnd, sseSplitter } from "../sse.ts";
import { plainFramesEnd } from "./frame-scan.ts";
import { type StreamState, streamState } from "./stream-state.ts";

export function frameReader(): FrameReader {
  const splitter = sseSplitter();
  const stream = streamState();
  return {
    push(chunk) {
      if (stream.over()) return [];
      const block = splitter.push(chunk);
      if (splitter.overflowed()) return [stream.fail(OVERSIZED)];
      return block ? readBlock(block, stream) : [];
    },
    end() {
      if (stream.over()) return [];
      const rest = splitter.rest();
      const pieces = rest ? readBlock(rest, stream) : [];
      return stream.over() ? pieces : [...pieces, ...stream.end(rest)];
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than any answer can be." };

function readBlock(block: Uint8Array, stream: StreamState): Piece[] {
  const pieces: Piece[] = [];
  let runStart = -1;
  let at = 0;
  const endRun = () => {
    if (runStart >= 0) pieces.push({ mark: "content", bytes: cut(block, runStart, at) });
    runStart = -1;
  };
  while (at < block.byteLength && !stream.over()) {
    const plainEnd = stream.contentSeen() ? plainFramesEnd(block, at, stream.toolIndexesWritten()) : at;
    if (plainEnd > at) {
      if (runStart < 0) runStart = at;
      at = plainEnd;
      continue;
    }
    const end = frameEnd(block, at);
    const bytes = cut(block, at, end);
    const read = stream.read(bytes);
    const only = read.length === 1 ? read[0]! : undefined;
    if (only && only.bytes === bytes && isPlain(only) && (runStart >= 0 || only.mark === "content")) {
      if (runStart < 0) runStart = at;
    } else {
      endRun();
      pieces.push(...read);
    }
    at = end;
  }
  endRun();
  return pieces;
}

function cut(block: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === block.byteLength ? block : block.subarray(start, end);
}

function isPlain(piece: Piece): boolean {
  return (piece.mark === "content" || piece.mark === "other") && !piece.usage && !piece.finish && !piece.failure;
}
