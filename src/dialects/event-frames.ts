/**
 * Cuts a stream of server-sent events into pieces, for dialects whose frames are told apart by what is in them. Blocks
 * that only continue the content pass unparsed; what else comes is read frame by frame, and neighbours that belong
 * together stay one piece.
 */
import type { Failure } from "../canonical/errors.ts";
import type { Mark, Piece } from "../canonical/reply.ts";
import type { FrameReader } from "./dialect.ts";
import { frameEnd, type SseFrame, sseFrames, sseSplitter } from "./sse.ts";

export interface EventFrames {
  /** Nothing is read any more once it has failed. */
  state: { failed: boolean };
  /** Nothing but content goes on in the block, by its look. When in doubt it is parsed. */
  isPlain(block: Uint8Array): boolean;
  readBlock(block: Uint8Array): Piece[];
  /** What the connection's end means, where it has not failed; `rest` came last. */
  end(rest: Uint8Array | undefined): Piece[];
}

export function eventFrameReader({ state, isPlain, readBlock, end }: EventFrames): FrameReader {
  const splitter = sseSplitter();
  const read = (block: Uint8Array | undefined): Piece[] => {
    if (!block || state.failed) return [];
    return isPlain(block) ? [{ mark: "content", bytes: block }] : readBlock(block);
  };
  return {
    push(chunk) {
      const pieces = read(splitter.push(chunk));
      if (splitter.overflowed() && !state.failed) pieces.push(failWith(state, OVERSIZED));
      return pieces;
    },
    end() {
      const rest = splitter.rest();
      const pieces = read(rest);
      return state.failed ? pieces : [...pieces, ...end(rest)];
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than 16 MiB." };
export const NO_EVENT: Failure = { class: "malformed", message: "The upstream's stream held no event of this API." };

export function failWith(state: { failed: boolean }, failure: Failure): Piece {
  state.failed = true;
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}

/** Whether each frame of a block is whole JSON of the known kinds, by its look. */
export function everyFrame(
  block: Uint8Array,
  looksWhole: (bytes: Buffer, start: number, end: number) => boolean,
): boolean {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  for (let start = 0; start < bytes.byteLength; ) {
    const end = frameEnd(block, start);
    if (!looksWhole(bytes, start, end)) return false;
    start = end;
  }
  return true;
}

/** Index of the closing brace at the end of a frame, white space aside; undefined where there is none. */
export function closingBrace(bytes: Buffer, start: number, end: number): number | undefined {
  let last = end - 1;
  while (last > start && bytes[last]! <= 0x20) last -= 1;
  return bytes[last] === 0x7d ? last : undefined;
}

/** How frames of these event types begin, with or without a space after the colon. */
export function headsOf(types: readonly string[]): Buffer[] {
  return types.flatMap((name) =>
    [":", ": "].map((colon) => Buffer.from(`event: ${name}\ndata: {"type"${colon}"${name}"`)),
  );
}

/** A known head and a closing brace: whole JSON, whatever it says. */
export function hasHead(heads: readonly Buffer[]): (bytes: Buffer, start: number, end: number) => boolean {
  return (bytes, start, end) => {
    const last = closingBrace(bytes, start, end);
    if (last === undefined) return false;
    return heads.some(
      (head) =>
        start + head.byteLength < last && bytes.compare(head, 0, head.byteLength, start, start + head.byteLength) === 0,
    );
  };
}

export interface FrameRuns {
  /** The piece that the frame alone would be, or undefined when it is left out. */
  read(frame: SseFrame): Piece | undefined;
  /** Whether the mark opens a piece of its own. */
  begins(mark: Mark, run: Mark | undefined): boolean;
}

/** Neighbouring frames that belong together are one piece. What only keeps company takes the mark of what it joins. */
export function frameRuns(block: Uint8Array, state: { failed: boolean }, { read, begins }: FrameRuns): Piece[] {
  const pieces: Piece[] = [];
  let run: Piece | undefined;
  let runStart = 0;
  let at = 0;
  const close = () => {
    if (run) pieces.push({ ...run, bytes: partOf(block, runStart, at) });
    run = undefined;
  };
  for (const frame of sseFrames(block)) {
    const piece = read(frame);
    if (piece === undefined || begins(piece.mark, run?.mark)) close();
    if (piece !== undefined) {
      if (!run) {
        runStart = at;
        run = piece;
      } else run = { ...run, ...piece, mark: run.mark === "other" ? piece.mark : run.mark };
    }
    at += frame.bytes.byteLength;
    if (state.failed) break;
  }
  close();
  return pieces;
}

export function partOf(block: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === block.byteLength ? block : block.subarray(start, end);
}
