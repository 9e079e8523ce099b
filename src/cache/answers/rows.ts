/** An entry as it crosses the worker's border and lies in the table: JSON texts where nobody searches. */
import type { Answer } from "../../canonical/events.ts";
import { type Entry, NO_ANSWER, type WrittenAnswer } from "../entry.ts";

export interface EntryRow {
  key: string;
  space: string;
  model: string;
  keyId: string;
  keyName: string;
  text: string;
  answer: string;
  origin: string;
  storedAtMs: number;
  exactUntilMs: number;
  semanticUntilMs: number;
  canonical: string | null;
  question: string | null;
}

export function toRow({ answer, written, origin, semantic, ...rest }: Entry): EntryRow {
  return {
    ...rest,
    answer: JSON.stringify(written ? { written } : answer),
    origin: JSON.stringify(origin),
    semanticUntilMs: semantic?.untilMs ?? 0,
    canonical: semantic?.canonical ?? null,
    question: semantic ? JSON.stringify(semantic.question) : null,
  };
}

export function toEntry({ answer, origin, semanticUntilMs, canonical, question, ...rest }: EntryRow): Entry {
  const entry: Entry = { ...rest, ...answerIn(answer), origin: JSON.parse(origin) };
  if (canonical !== null && question !== null) {
    entry.semantic = { canonical, question: JSON.parse(question), untilMs: semanticUntilMs };
  }
  return entry;
}

function answerIn(text: string): Pick<Entry, "answer" | "written"> {
  const stored = JSON.parse(text) as Answer | { written: WrittenAnswer };
  return "written" in stored ? { answer: NO_ANSWER, written: stored.written } : { answer: stored };
}

/** Keys, indexes and the row's small columns. */
const ROW_OVERHEAD_BYTES = 400;

/** What an entry counts against `maxBytes`. */
export function sizeOf({ text, answer, origin, question }: EntryRow): number {
  const characters = text.length + answer.length + origin.length + (question?.length ?? 0);
  return ROW_OVERHEAD_BYTES + characters;
}
