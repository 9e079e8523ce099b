/** Lines of a byte stream (NDJSON): ended by LF, with or without a CR before it. */
const LF = 0x0a;

/** One object larger than this is an attack or a defect. */
const LINE_MAX_BYTES = 16 * 1024 * 1024;

export interface LineSplitter {
  /** The lines that are whole by now, each with its end. */
  push(chunk: Uint8Array): Uint8Array[];
  /** At the end of the stream: a last line without an end. */
  rest(): Uint8Array | undefined;
  /** True once an unfinished line grew past the bound; nothing comes out any more. */
  overflowed(): boolean;
}

export function lineSplitter(): LineSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let full = false;
  const take = (last: Uint8Array): Uint8Array => {
    if (pending.length === 0) return last;
    const line = Buffer.concat([...pending, last]);
    pending = [];
    pendingBytes = 0;
    return line;
  };
  return {
    overflowed: () => full,
    push(chunk) {
      const lines: Uint8Array[] = [];
      let start = 0;
      while (!full) {
        const end = chunk.indexOf(LF, start) + 1;
        if (end === 0) break;
        lines.push(take(chunk.subarray(start, end)));
        start = end;
      }
      if (full || start === chunk.byteLength) return lines;
      pending.push(chunk.subarray(start));
      pendingBytes += chunk.byteLength - start;
      full = pendingBytes > LINE_MAX_BYTES;
      if (full) pending = [];
      return lines;
    },
    rest: () => (full || pending.length === 0 ? undefined : take(new Uint8Array(0))),
  };
}
