/**
 * Server-sent events on the byte level (WHATWG HTML §9.2): lines end in LF, CRLF or CR, a blank line ends a frame.
 * A stream is cut into blocks of whole frames that keep the received bytes, so that a same-dialect reply is forwarded
 * as it came; only frames that somebody needs are decoded.
 */
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;

/** A frame larger than this is an attack or a defect: images and audio inside one frame stay well below it. */
const SSE_FRAME_MAX_BYTES = 16 * 1024 * 1024;

export interface SseFrame {
  /** The frame as received, with its blank line; the frames of a block join to the block. */
  bytes: Uint8Array;
  event?: string;
  /** Absent on frames without a `data` line: comments, bare `event:` or `retry:`. */
  data?: string;
}

export interface SseSplitter {
  /** All whole frames that are complete by now, as one block, or undefined when there are none. */
  push(chunk: Uint8Array): Uint8Array | undefined;
  /** At the end of the stream: an unfinished last frame, ended by a blank line, so that it can be read and forwarded. */
  rest(): Uint8Array | undefined;
  /** True once an unfinished frame grew past the bound; nothing comes out any more. */
  overflowed(): boolean;
}

/**
 * Cuts a byte stream into blocks of whole frames. A chunk that begins and ends at a frame's border is returned as it
 * is, without a copy. Where lines end in CR alone, the CR ends a frame at once.
 */
export function sseSplitter(maxFrameBytes = SSE_FRAME_MAX_BYTES): SseSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let full = false;

  const keep = (bytes: Uint8Array) => {
    if (bytes.byteLength === 0) return;
    pending.push(bytes);
    pendingBytes += bytes.byteLength;
    if (pendingBytes <= maxFrameBytes) return;
    full = true;
    pending = [];
  };
  const take = (last: Uint8Array): Uint8Array => {
    if (pending.length === 0) return last;
    pending.push(last);
    const block = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return block;
  };

  return {
    push(chunk) {
      if (full || chunk.byteLength === 0) return undefined;
      const end = lastFrameEnd(chunk, pending);
      if (end === 0) {
        keep(chunk);
        return undefined;
      }
      const block = take(end === chunk.byteLength ? chunk : chunk.subarray(0, end));
      if (end < chunk.byteLength) keep(chunk.subarray(end));
      return block;
    },
    rest() {
      if (full || pending.length === 0) return undefined;
      return take(BLANK_LINE);
    },
    overflowed: () => full,
  };
}

const BLANK_LINE = new Uint8Array([LF, LF]);

/** The frames of a block. Blank lines before a frame belong to it. */
export function sseFrames(block: Uint8Array): SseFrame[] {
  const frames: SseFrame[] = [];
  let start = 0;
  while (start < block.byteLength) {
    const end = frameEnd(block, start);
    frames.push(decodeFrame(start === 0 && end === block.byteLength ? block : block.subarray(start, end)));
    start = end;
  }
  return frames;
}

/** Index after the frame that begins at `start`, leading blank lines included; the block's end if it is unfinished. */
export function frameEnd(block: Uint8Array, start: number): number {
  let at = start;
  let lineStart = start;
  let blank = true;
  while (at < block.byteLength) {
    const byte = block[at]!;
    at += 1;
    if (byte !== LF && byte !== CR) continue;
    const empty = at - 1 === lineStart;
    if (byte === CR && block[at] === LF) at += 1;
    lineStart = at;
    if (!empty) blank = false;
    else if (!blank) return at;
  }
  return block.byteLength;
}

/** A frame for one event. Line ends inside `data` become `data:` lines of their own. */
export function sseFrame(data: string, event?: string): Uint8Array {
  const lines = data.includes("\n") || data.includes("\r") ? data.split(/\r\n|\n|\r/).join("\ndata: ") : data;
  return Buffer.from(event === undefined ? `data: ${lines}\n\n` : `event: ${event}\ndata: ${lines}\n\n`);
}

/** Index after the last blank line of `chunk` that follows a line, or 0. `before` are the bytes that precede it. */
function lastFrameEnd(chunk: Uint8Array, before: readonly Uint8Array[]): number {
  for (let end = chunk.byteLength; end > 0; end--) {
    const byte = chunk[end - 1]!;
    if (byte !== LF && byte !== CR) continue;
    let previous = end - 2;
    if (byte === LF && byteAt(chunk, before, previous) === CR) previous -= 1;
    const other = byteAt(chunk, before, previous);
    if (other !== LF && other !== CR) continue;
    // After a CRLF a CR alone is the half of another one, whose LF is still to come.
    const half = byte === CR && end === chunk.byteLength && other === LF && byteAt(chunk, before, previous - 1) === CR;
    if (!half) return end;
  }
  return 0;
}

/** The byte at `index` of the chunk; negative indexes reach into what came before it. */
function byteAt(chunk: Uint8Array, before: readonly Uint8Array[], index: number): number {
  if (index >= 0) return chunk[index]!;
  let rest = index;
  for (let i = before.length - 1; i >= 0; i--) {
    const bytes = before[i]!;
    if (-rest <= bytes.byteLength) return bytes[bytes.byteLength + rest]!;
    rest += bytes.byteLength;
  }
  return -1;
}

function decodeFrame(bytes: Uint8Array): SseFrame {
  const frame: SseFrame = { bytes };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A byte order mark may open the stream; it is no part of the first field's name.
  let lineStart = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (lineStart < bytes.byteLength) {
    let lineEnd = lineStart;
    while (lineEnd < bytes.byteLength && bytes[lineEnd] !== LF && bytes[lineEnd] !== CR) lineEnd += 1;
    readLine(frame, text, lineStart, lineEnd);
    lineStart = bytes[lineEnd] === CR && bytes[lineEnd + 1] === LF ? lineEnd + 2 : lineEnd + 1;
  }
  return frame;
}

function readLine(frame: SseFrame, bytes: Buffer, start: number, end: number): void {
  let colon = start;
  while (colon < end && bytes[colon] !== COLON) colon += 1;
  const name = bytes.toString("latin1", start, Math.min(colon, start + 6));
  if (name !== "data" && name !== "event") return;
  const valueStart = bytes[colon + 1] === SPACE ? colon + 2 : colon + 1;
  const value = valueStart < end ? bytes.toString("utf8", valueStart, end) : "";
  if (name === "event") frame.event = value;
  else frame.data = frame.data === undefined ? value : `${frame.data}\n${value}`;
}
