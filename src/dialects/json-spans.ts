/**
 * Where the values of a JSON text lie, found by one pass over its bytes and without decoding what nobody asked for.
 * Nothing here judges the text: on text that is no JSON the spans are meaningless, but every function ends.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Deeper bodies are refused: no dialect needs it, and recursive readers behind us may not survive it. */
export const JSON_MAX_DEPTH = 128;

/** Strings up to this length are walked byte by byte: cheaper than a native search. */
const SHORT_STRING_BYTES = 48;

/** A member of an object (`start` at its key's quote) or an element of an array (`start` = `keyEnd` = `valueStart`). */
export interface Member {
  key: string;
  start: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
}

export interface Outline {
  /** Top-level members in order; empty when the text holds no object. */
  members: Member[];
  /** The first top-level key that occurs twice: two readers could take different ones for true. */
  duplicate?: string;
  /** True when containers nest deeper than JSON_MAX_DEPTH. Ask before `JSON.parse`. */
  tooDeep: boolean;
}

/** Top-level keys, duplicates and depth of a body, in one pass. */
export function outline(bytes: Uint8Array): Outline {
  const cursor: Cursor = { at: skipSpace(bytes, 0), depth: 0 };
  const members: Member[] = [];
  if (bytes[cursor.at] === OPEN_BRACE) readMembers(bytes, cursor, members);
  else skipValue(bytes, cursor);
  const result: Outline = { members, tooDeep: cursor.depth + (members.length > 0 ? 1 : 0) > JSON_MAX_DEPTH };
  const seen = new Set<string>();
  for (const { key } of members) {
    if (seen.has(key)) {
      result.duplicate = key;
      break;
    }
    seen.add(key);
  }
  return result;
}

/** Members of the object or elements of the array that begins at `start`. */
export function membersOf(
  bytes: Uint8Array,
  start: number,
): { kind: "object" | "array"; start: number; members: Member[] } {
  const members: Member[] = [];
  const kind = bytes[start] === OPEN_BRACKET ? "array" : "object";
  readMembers(bytes, { at: start, depth: 0 }, members);
  return { kind, start, members };
}

export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  // A UTF-8 byte order mark may precede a body.
  if (at === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  while (at < bytes.length && isSpace(bytes[at]!)) at += 1;
  return at;
}

/** `depth` is the deepest nesting met so far below the point where the walk began. */
interface Cursor {
  at: number;
  depth: number;
}

function readMembers(bytes: Uint8Array, cursor: Cursor, out: Member[]): void {
  const isObject = bytes[cursor.at] === OPEN_BRACE;
  cursor.at += 1;
  while (cursor.at < bytes.length) {
    cursor.at = skipSpace(bytes, cursor.at);
    const byte = bytes[cursor.at];
    if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) break;
    if (byte === COMMA) {
      cursor.at += 1;
      continue;
    }
    const start = cursor.at;
    let key = "";
    let keyEnd = start;
    if (isObject) {
      keyEnd = skipString(bytes, start);
      key = decodeKey(bytes, start, keyEnd);
      cursor.at = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    }
    const valueStart = cursor.at;
    skipValue(bytes, cursor);
    // Text that is no JSON must not hold the loop.
    if (cursor.at === start) cursor.at += 1;
    out.push({ key, start, keyEnd, valueStart, valueEnd: cursor.at });
  }
  cursor.at += 1;
}

function skipValue(bytes: Uint8Array, cursor: Cursor): void {
  let at = cursor.at;
  const first = bytes[at];
  if (first === QUOTE) {
    cursor.at = skipString(bytes, at);
    return;
  }
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    while (at < bytes.length && !endsScalar(bytes[at]!)) at += 1;
    cursor.at = at;
    return;
  }
  let depth = 0;
  let deepest = cursor.depth;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      continue;
    }
    at += 1;
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) break;
    }
  }
  cursor.at = at;
  cursor.depth = deepest;
}

/** Index after the value that begins at `start`. */
export function skipValueFrom(bytes: Uint8Array, start: number): number {
  const cursor: Cursor = { at: start, depth: 0 };
  skipValue(bytes, cursor);
  return cursor.at;
}

/** Index after the closing quote of the string that opens at `start`. */
export function skipString(bytes: Uint8Array, start: number): number {
  const shortEnd = Math.min(bytes.length, start + SHORT_STRING_BYTES);
  let at = start + 1;
  while (at < shortEnd) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return bytes.length;
    // The quote is escaped when an odd number of backslashes stands before it, counted from where the walk is.
    let backslashes = 0;
    while (quote - 1 - backslashes >= at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Escapes are resolved: `"mod\u0065l"` is the key `model`, and a second one of that name. */
function decodeKey(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.max(0, end - start)).toString("utf8");
  if (!text.includes("\\")) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);
}
