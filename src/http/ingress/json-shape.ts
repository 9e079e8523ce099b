/**
 * How deep a JSON text nests and how many members its outermost container has: one pass over the bytes that allocates
 * nothing, because every call goes through it. Says nothing of text that is no JSON, but always ends.
 */
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `{` and `[`, `}` and `]` differ in bit 5 alone, and nothing else that stands outside strings looks like them. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CASE_BIT = 0x20;

/** Strings up to this length are walked byte by byte: cheaper than a native search. */
const SHORT_STRING_BYTES = 48;

export function shapeOf(bytes: Uint8Array): { depth: number; members: number } {
  const { length } = bytes;
  let open = 0;
  let depth = 0;
  let commas = 0;
  let empty = true;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at]!;
    if (byte <= 0x20) continue;
    if (byte === QUOTE) {
      if (open === 1) empty = false;
      at = endOfString(bytes, at);
    } else if (byte === COMMA) {
      if (open === 1) commas += 1;
    } else if ((byte & ~CASE_BIT) === OPEN) {
      if (open === 1) empty = false;
      open += 1;
      if (open > depth) depth = open;
    } else if ((byte & ~CASE_BIT) === CLOSE) {
      open -= 1;
    } else if (open === 1) empty = false;
  }
  return { depth, members: empty ? 0 : commas + 1 };
}

/** Index of the closing quote of the string that opens at `start`. */
function endOfString(bytes: Uint8Array, start: number): number {
  const shortEnd = Math.min(bytes.length, start + SHORT_STRING_BYTES);
  let at = start + 1;
  while (at < shortEnd) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) return bytes.length;
    // Escaped when an odd number of backslashes stands before it, counted from where the walk is.
    let backslashes = 0;
    while (quote - 1 - backslashes >= at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}
