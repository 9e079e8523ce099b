/**
 * The seam of a continued stream: what the second model writes is joined to what the client already has, so that
 * nothing is lost and nothing comes twice. Nothing of the first part was held back; only the start of the second is
 * looked at before it is sent.
 */
import type { Failure } from "../canonical/errors.ts";
import type { Way } from "./continuation-ways.ts";

/** How much of the second part is read before the seam is decided. */
const LOOK_AHEAD_CHARACTERS = 200;
/** A shorter match is more likely a coincidence than a repetition. */
const MIN_OVERLAP_CHARACTERS = 8;
/** A second part that begins as the first did, for this long, has started over. */
const RESTART_CHARACTERS = 24;

export interface Seam {
  /** What to send of this text; undefined while still undecided. Throws SeamError when it cannot be joined. */
  text(chunk: string): string | undefined;
  /** The second part has ended: whatever was held back. */
  end(): string;
}

/**
 * The second model started over with other words, or began with an introduction and did not repeat what it was asked
 * to: joining it would show the client two answers in one, or words that belong to neither.
 */
export class SeamError extends Error {
  readonly failure: Failure = {
    class: "truncated",
    message: "The answer was cut and could not be continued: the next model did not go on from where it broke off.",
  };
}

/** A line by which models introduce what they were asked for, however much they were asked not to. */
const INTRODUCTION =
  /^(?:sure|certainly|of course|absolutely|understood|okay|ok|sorry|apologies|here(?:'s|’s| is| are)|continuing|resuming|i(?:'ll|’ll| will) (?:continue|go on|resume)|let me (?:continue|go on|resume))\b[^\n]{0,160}\n/i;

export function createSeam(partial: string, way: Way, trimmed: string): Seam {
  return way === "instruction" ? afterInstruction(partial) : afterPrefill(trimmed);
}

/** The model goes on from a partial without its trailing white space: what it writes of that again is dropped. */
function afterPrefill(trimmed: string): Seam {
  let held: string | undefined = trimmed === "" ? undefined : "";
  const join = (text: string): string => {
    if (text.startsWith(trimmed)) return text.slice(trimmed.length);
    for (let length = trimmed.length; length > 0; length--) {
      if (text.startsWith(trimmed.slice(-length))) return text.slice(length);
    }
    return text;
  };
  return {
    text(chunk) {
      if (held === undefined) return chunk;
      held += chunk;
      if (held.trimStart() === "" && held.length < LOOK_AHEAD_CHARACTERS) return undefined;
      const joined = join(held);
      held = undefined;
      return joined;
    },
    end() {
      const joined = held === undefined ? "" : join(held);
      held = undefined;
      return joined;
    },
  };
}

function afterInstruction(partial: string): Seam {
  const had = partial.trimEnd();
  const trimmed = partial.slice(had.length);
  let held: string | undefined = "";

  /** Undefined: the text so far repeats the whole first part and may go on doing so. */
  const join = (text: string, ended: boolean): string | undefined => {
    const clean = text.trimStart();
    if (had.startsWith(clean) && !ended) return undefined;
    // A model that repeats everything word for word is as good as one that repeats the end.
    if (clean.startsWith(had) && had.length > 0) return dropRepeated(clean.slice(had.length));
    const after = afterRepeatedTail(clean, had);
    if (after !== undefined) return dropRepeated(after);
    if (clean.slice(0, RESTART_CHARACTERS) === had.slice(0, RESTART_CHARACTERS) && had.length >= RESTART_CHARACTERS)
      throw new SeamError();
    if (INTRODUCTION.test(clean)) throw new SeamError();
    return trimmed === "" ? text : text.slice(text.length - clean.length);
  };
  const dropRepeated = (rest: string) =>
    trimmed !== "" && rest.startsWith(trimmed) ? rest.slice(trimmed.length) : trimmed !== "" ? rest.trimStart() : rest;

  return {
    text(chunk) {
      if (held === undefined) return chunk;
      held += chunk;
      const repeatsSoFar = had.startsWith(held.trimStart());
      if (held.length < LOOK_AHEAD_CHARACTERS && !ends(held, had) && (repeatsSoFar || couldStillOverlap(held, had)))
        return undefined;
      const joined = join(held, false);
      if (joined !== undefined) held = undefined;
      return joined;
    },
    end() {
      const joined = held === undefined ? "" : (join(held, true) ?? "");
      held = undefined;
      return joined;
    },
  };
}

/** Everything after the longest end of `had` that stands in `text` near its start. */
function afterRepeatedTail(text: string, had: string): string | undefined {
  const head = text.slice(0, LOOK_AHEAD_CHARACTERS + had.length);
  const longest = Math.min(had.length, LOOK_AHEAD_CHARACTERS);
  for (let length = longest; length >= Math.min(MIN_OVERLAP_CHARACTERS, had.length); length--) {
    const at = head.indexOf(had.slice(-length));
    if (at >= 0 && length > 0) return text.slice(at + length);
  }
  return undefined;
}

/** The repeated tail has been seen whole, and something after it. */
function ends(text: string, had: string): boolean {
  const after = afterRepeatedTail(text.trimStart(), had);
  return after !== undefined && after !== "";
}

/** Short answers are waited for up to the look-ahead: a preamble may come before the repetition. */
function couldStillOverlap(text: string, had: string): boolean {
  return had.length >= MIN_OVERLAP_CHARACTERS && text.length < LOOK_AHEAD_CHARACTERS;
}
