/**
 * Edits on JSON bytes without re-printing them: key order, number spelling and white space outside the edit survive,
 * and with them signatures over the body and the provider's prompt cache. The text must be valid JSON (`JSON.parse` has
 * seen it). Where an object repeats a key the edit follows `JSON.parse`: the last one counts.
 */
import type { Json } from "../canonical/chat.ts";
import { type Member, membersOf, skipSpace } from "./json-spans.ts";
import { setTopLevel } from "./top-level.ts";

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

export type Path = readonly (string | number)[];

/** One change at a path of object keys and array indexes. */
export type Edit =
  /**
   * Replaces the value, or appends it. On the way missing objects are made and what is no object is replaced by one.
   * An index may be at most the array's length.
   */
  | { op: "set"; path: Path; value: Json }
  /** What isn't there stays away. */
  | { op: "delete"; path: Path }
  /** Gives a key another name in its place; a member that has that name already goes. */
  | { op: "rename"; path: Path; to: string };

/** The bytes with the edits made, in their order. Without edits the very same bytes. */
export function splice(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const quickly = setTopLevel(bytes, edits);
  if (quickly) return quickly;
  let result = bytes;
  for (const batch of independentBatches(edits)) {
    const patches: Patch[] = [];
    patchContainer(result, skipSpace(result, 0), batch, 0, patches);
    result = applyPatches(result, patches);
  }
  return result;
}

/** Bytes `start` to `end` are replaced by `text`. Patches are made in order of their position. */
interface Patch {
  start: number;
  end: number;
  text: string;
}

/** Edits that cannot influence each other share one pass over the bytes. */
function independentBatches(edits: readonly Edit[]): Edit[][] {
  const batches: Edit[][] = [];
  let touched: Path[] = [];
  for (const edit of edits) {
    if (edit.path.length === 0) throw new RangeError("an edit needs a path");
    const touches = pathsTouched(edit);
    if (batches.length === 0 || touches.some((path) => touched.some((other) => related(path, other)))) {
      batches.push([]);
      touched = [];
    }
    batches[batches.length - 1]!.push(edit);
    touched.push(...touches);
  }
  return batches;
}

/** Deleting or appending an element changes what the array's other indexes mean, so such edits touch all of it. */
function pathsTouched(edit: Edit): Path[] {
  const parent = edit.path.slice(0, -1);
  if (edit.op === "rename") return [edit.path, [...parent, edit.to]];
  return typeof edit.path[edit.path.length - 1] === "number" ? [parent] : [edit.path];
}

function related(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Adds the patches for `edits`, all of which lie inside the value that begins at `start`. */
function patchContainer(bytes: Uint8Array, start: number, edits: readonly Edit[], depth: number, out: Patch[]): void {
  const container = membersOf(bytes, start);
  const members = container.members;
  const fates: (Fate | undefined)[] = new Array(members.length);
  const appended: string[] = [];
  for (const [segment, group] of groupBySegment(edits, depth)) {
    const found = lastNamed(members, segment);
    if ((typeof segment === "number") !== (container.kind === "array"))
      throw new RangeError(`${String(segment)} leads into no ${typeof segment === "number" ? "array" : "object"}`);
    if (found === -1) append(container.kind, members.length, segment, group, depth, appended);
    else decide(bytes, members, found, segment, group, depth, fates);
  }
  if (appended.length > 0 || fates.some((fate) => fate !== undefined))
    writePatches(bytes, container, fates, appended, depth, out);
}

/** What becomes of a member: it goes, its name or value is replaced, or edits go on inside of it. */
type Fate = "delete" | { name: string } | { value: string } | { inside: Edit[] };

function decide(
  bytes: Uint8Array,
  members: readonly Member[],
  found: number,
  segment: string | number,
  group: Edit[],
  depth: number,
  fates: (Fate | undefined)[],
): void {
  const edit = group[0]!;
  if (edit.path.length > depth + 1) {
    const opens = typeof edit.path[depth + 1] === "number" ? OPEN_BRACKET : OPEN_BRACE;
    if (bytes[members[found]!.valueStart] === opens) fates[found] = { inside: group };
    else {
      const made = madeObject(group, depth + 1);
      if (made !== undefined) fates[found] = { value: made };
    }
  } else if (edit.op === "set") fates[found] = { value: JSON.stringify(edit.value) };
  else if (edit.op === "delete") markNamed(members, segment, fates);
  else if (edit.to !== segment) {
    markNamed(members, segment, fates);
    markNamed(members, edit.to, fates);
    fates[found] = { name: JSON.stringify(edit.to) };
  }
}

function markNamed(members: readonly Member[], segment: string | number, fates: (Fate | undefined)[]): void {
  if (typeof segment === "number") fates[segment] = "delete";
  else for (const [i, member] of members.entries()) if (member.key === segment) fates[i] = "delete";
}

function append(
  kind: "object" | "array",
  length: number,
  segment: string | number,
  group: Edit[],
  depth: number,
  appended: string[],
): void {
  const edit = group[0]!;
  const deeper = edit.path.length > depth + 1;
  const text = deeper ? madeObject(group, depth + 1) : edit.op === "set" ? JSON.stringify(edit.value) : undefined;
  if (text === undefined) return;
  if (kind === "object") appended.push(`${JSON.stringify(String(segment))}:${text}`);
  else if (segment === length) appended.push(text);
  else throw new RangeError(`no element ${segment} in an array of ${length}`);
}

/** An object that holds what the `set`s below a missing parent want there, or undefined when there is no `set`. */
function madeObject(group: readonly Edit[], depth: number): string | undefined {
  const sets = group.filter((edit) => edit.op === "set");
  if (sets.length === 0) return undefined;
  return Buffer.from(
    splice(
      Buffer.from("{}"),
      sets.map((edit) => ({ ...edit, path: edit.path.slice(depth) })),
    ),
  ).toString();
}

function groupBySegment(edits: readonly Edit[], depth: number): Map<string | number, Edit[]> {
  const groups = new Map<string | number, Edit[]>();
  for (const edit of edits) {
    const segment = edit.path[depth]!;
    const group = groups.get(segment);
    if (group) group.push(edit);
    else groups.set(segment, [edit]);
  }
  return groups;
}

function lastNamed(members: readonly Member[], segment: string | number): number {
  if (typeof segment === "number") return segment >= 0 && segment < members.length ? segment : -1;
  for (let i = members.length - 1; i >= 0; i--) if (members[i]!.key === segment) return i;
  return -1;
}

/** A deleted member takes the comma before the next one with it; the last ones take the comma before them. */
function writePatches(
  bytes: Uint8Array,
  container: { start: number; members: readonly Member[] },
  fates: readonly (Fate | undefined)[],
  appended: readonly string[],
  depth: number,
  out: Patch[],
): void {
  const { members } = container;
  let lastKept = members.length - 1;
  while (lastKept >= 0 && fates[lastKept] === "delete") lastKept -= 1;
  for (let i = 0; i <= lastKept; i++) {
    const member = members[i]!;
    const fate = fates[i];
    if (fate === undefined) continue;
    if (fate === "delete") out.push({ start: member.start, end: members[i + 1]!.start, text: "" });
    else if ("name" in fate) out.push({ start: member.start, end: member.keyEnd, text: fate.name });
    else if ("value" in fate) out.push({ start: member.valueStart, end: member.valueEnd, text: fate.value });
    else patchContainer(bytes, member.valueStart, fate.inside, depth + 1, out);
  }
  const kept = members[lastKept];
  const last = members[members.length - 1];
  const tailStart = kept ? kept.valueEnd : (members[0]?.start ?? container.start + 1);
  const tailEnd = last ? last.valueEnd : tailStart;
  const text = appended.length === 0 ? "" : (kept ? "," : "") + appended.join(",");
  if (text !== "" || tailEnd > tailStart) out.push({ start: tailStart, end: tailEnd, text });
}

function applyPatches(bytes: Uint8Array, patches: readonly Patch[]): Uint8Array {
  if (patches.length === 0) return bytes;
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const patch of patches) {
    parts.push(bytes.subarray(at, patch.start), Buffer.from(patch.text));
    at = patch.end;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}
