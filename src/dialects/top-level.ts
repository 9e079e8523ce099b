/**
 * The common case of `splice` without its generality: top-level values replaced or added. Nearly every same-dialect
 * call needs just the model's name changed, so this path allocates nothing but the result.
 */
import { skipSpace, skipString, skipValueFrom } from "./json-spans.ts";
import type { Edit } from "./splice.ts";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** More edits than this are rare and go the general way. */
const MAX_EDITS = 4;

const encoder = new TextEncoder();

/** Undefined when this path cannot do it: other edits, keys with escapes, text that is no object. */
export function setTopLevel(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array | undefined {
  if (edits.length === 0 || edits.length > MAX_EDITS) return undefined;
  const names: string[] = [];
  for (const { op, path } of edits) {
    const name = path[0];
    if (op !== "set" || path.length !== 1 || typeof name !== "string" || names.includes(name)) return undefined;
    names.push(name);
  }
  const found = findMembers(bytes, names);
  return found && write(bytes, edits as readonly SetEdit[], found);
}

type SetEdit = Extract<Edit, { op: "set" }>;

interface Found {
  /** Start and end of each name's value, -1 where it is absent. */
  spans: Int32Array;
  /** After the last member, or after the opening brace. */
  tail: number;
  empty: boolean;
}

function findMembers(bytes: Uint8Array, names: readonly string[]): Found | undefined {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  const found: Found = { spans: new Int32Array(names.length * 2).fill(-1), tail: at + 1, empty: true };
  at += 1;
  for (;;) {
    at = skipSpace(bytes, at);
    if (at >= bytes.length) return undefined;
    if (bytes[at] === CLOSE_BRACE) return found;
    if (bytes[at] === COMMA) {
      at += 1;
      continue;
    }
    const keyStart = at;
    const keyEnd = skipString(bytes, at);
    const name = nameAt(bytes, keyStart + 1, keyEnd - 1, names);
    if (name === ESCAPED) return undefined;
    at = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const valueEnd = skipValueFrom(bytes, at);
    if (valueEnd <= at) return undefined;
    // Where a key is repeated the last one counts, as for `JSON.parse`.
    if (name >= 0) found.spans.set([at, valueEnd], name * 2);
    found.tail = valueEnd;
    found.empty = false;
    at = valueEnd;
  }
}

const ESCAPED = -2;

/** Index of the name that stands there, -1 for none; a key with an escape could be any of them. */
function nameAt(bytes: Uint8Array, start: number, end: number, names: readonly string[]): number {
  next: for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (name.length !== end - start) continue;
    for (let j = 0; j < name.length; j++) if (bytes[start + j] !== name.charCodeAt(j)) continue next;
    return i;
  }
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return ESCAPED;
  return -1;
}

function write(bytes: Uint8Array, edits: readonly SetEdit[], { spans, tail, empty }: Found): Uint8Array {
  let appended = "";
  const patches: { start: number; end: number; text: Uint8Array }[] = [];
  for (let i = 0; i < edits.length; i++) {
    const text = JSON.stringify(edits[i]!.value);
    const start = spans[i * 2]!;
    if (start >= 0) patches.push({ start, end: spans[i * 2 + 1]!, text: encoder.encode(text) });
    else appended += `${empty && appended === "" ? "" : ","}${JSON.stringify(edits[i]!.path[0])}:${text}`;
  }
  if (appended !== "") patches.push({ start: tail, end: tail, text: encoder.encode(appended) });
  if (patches.length > 1) patches.sort((a, b) => a.start - b.start || a.end - b.end);
  let length = bytes.byteLength;
  for (const { start, end, text } of patches) length += text.byteLength - (end - start);
  const result = new Uint8Array(length);
  let from = 0;
  let to = 0;
  for (const { start, end, text } of patches) {
    result.set(bytes.subarray(from, start), to);
    to += start - from;
    result.set(text, to);
    to += text.byteLength;
    from = end;
  }
  result.set(bytes.subarray(from), to);
  return result;
}
