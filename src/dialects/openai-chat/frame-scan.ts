/**
 * Finds, without parsing, the frames of a stream that carry nothing but content. Once a reply has begun nearly all
 * frames are of this kind and travel on as received. One walk over the bytes does three things: it finds where each
 * frame ends, makes sure that its data is a closed JSON object (a broken one would break the client's parser), and stops
 * at the keys that mean more than content. A frame that is in doubt is not plain: it is parsed, and judged then.
 */
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Nesting is kept in the bits of one number. */
const MAX_DEPTH = 30;

/** Bytes that may stand between strings and brackets: numbers, `true`, `false`, `null`, separators, white space. */
const BETWEEN: readonly boolean[] = Array.from({ length: 256 }, (_, byte) =>
  "0123456789+-.eEtrufalsn,: \t".includes(String.fromCharCode(byte)),
);

/**
 * Index after the last of the plain frames that begin at `from`; `from` itself when the first one is not plain.
 * `toolCallsToo`: a delta that goes on with the arguments of a call is plain as well.
 */
export function plainFramesEnd(bytes: Uint8Array, from: number, toolCallsToo: boolean): number {
  let at = from;
  while (at < bytes.length) {
    const open = dataStart(bytes, at);
    if (open === -1) return at;
    const close = plainObjectEnd(bytes, open, toolCallsToo);
    if (close === -1) return at;
    const end = blankLineEnd(bytes, close);
    if (end === -1) return at;
    at = end;
  }
  return at;
}

/** Where the object of `data: {` opens, or -1. */
function dataStart(bytes: Uint8Array, at: number): number {
  // "data:"
  if (bytes[at] !== 0x64 || bytes[at + 1] !== 0x61 || bytes[at + 2] !== 0x74 || bytes[at + 3] !== 0x61) return -1;
  if (bytes[at + 4] !== COLON) return -1;
  const open = bytes[at + 5] === 0x20 ? at + 6 : at + 5;
  return bytes[open] === OPEN_BRACE && bytes[open + 1] === QUOTE ? open : -1;
}

function blankLineEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] === LF && bytes[at + 1] === LF) return at + 2;
  if (bytes[at] === CR && bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at + 4;
  return -1;
}

function plainObjectEnd(bytes: Uint8Array, open: number, toolCallsToo: boolean): number {
  let at = open;
  let depth = 0;
  /** Bit n tells whether level n is an object. */
  let objects = 0;
  let inToolCalls = false;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    at += 1;
    if (byte === QUOTE) {
      const start = at;
      const end = stringEnd(bytes, at);
      if (end === -1) return -1;
      at = end + 1;
      if (bytes[at] !== COLON && bytes[at] !== 0x20) continue;
      const value = valueStart(bytes, at);
      if (value === -1) continue;
      const length = end - start;
      if (length === TOOL_CALLS_LENGTH && bytes[value] === OPEN_BRACKET && isKey(bytes, start, "tool_calls")) {
        if (!toolCallsToo) return -1;
        inToolCalls = true;
      }
      if (meansMore(bytes, start, length, value, inToolCalls)) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_DEPTH) return -1;
      objects = byte === OPEN_BRACE ? objects | (1 << depth) : objects & ~(1 << depth);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (((objects >> depth) & 1) !== (byte === CLOSE_BRACE ? 1 : 0)) return -1;
      depth -= 1;
      if (depth === 0) return at;
    } else if (!BETWEEN[byte]) return -1;
  }
  return -1;
}

/** Index of the closing quote, or -1 for a string that does not end or holds a raw control character. */
function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte < 0x20) return -1;
    at += byte === 0x5c ? 2 : 1;
  }
  return -1;
}

/** Index of the value after a key's colon, or -1 when no colon follows. */
function valueStart(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20) at += 1;
  if (bytes[at] !== COLON) return -1;
  at += 1;
  while (bytes[at] === 0x20) at += 1;
  return at;
}

const TOOL_CALLS_LENGTH = "tool_calls".length;

/**
 * Whether this member is more than content: usage, an error, a finish, another choice or tool call than the first
 * (their bookkeeping needs them parsed), the start of a tool call, content that is a list.
 */
function meansMore(bytes: Uint8Array, start: number, length: number, value: number, inToolCalls: boolean): boolean {
  const opening = bytes[value];
  switch (length) {
    case 4:
      return inToolCalls && opening === QUOTE && isKey(bytes, start, "name");
    case 5:
      if (opening === OPEN_BRACE) return isKey(bytes, start, "usage") || isKey(bytes, start, "error");
      if (opening === QUOTE) return isKey(bytes, start, "error");
      return opening !== 0x30 && isKey(bytes, start, "index");
    case 7:
      return opening === OPEN_BRACKET && isKey(bytes, start, "content");
    case 13:
      return opening === QUOTE && isKey(bytes, start, "finish_reason");
    default:
      return false;
  }
}

function isKey(bytes: Uint8Array, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}
