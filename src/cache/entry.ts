/** A stored answer, and the reply that is made of it. */
import type { Call } from "../canonical/call.ts";
import { type Answer, replay } from "../canonical/events.ts";
import type { CallRecord } from "../canonical/record.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import type { Usage } from "../canonical/usage.ts";
import type { Question } from "./parse.ts";

export interface Entry {
  /** The exact key; also its id in the admin API. */
  key: string;
  space: string;
  /** Public model. */
  model: string;
  keyId: string;
  keyName: string;
  /** The last user text, as far as it is kept: for people, the judge and the purge by text. */
  text: string;
  /** Without choices where the answer is kept as written. */
  answer: Answer;
  written?: WrittenAnswer;
  origin: EntryOrigin;
  storedAtMs: number;
  exactUntilMs: number;
  /** Absent where it is found by equal requests only. */
  semantic?: { canonical: string; question: Question; untilMs: number };
}

/** An answer that has no canonical form: it is kept as its client read it. */
export interface WrittenAnswer {
  /** Of the client. */
  dialect: string;
  /** JSON. */
  body: string;
}

/** The call that brought the answer. */
export interface EntryOrigin {
  requestId: string;
  answeredBy: NonNullable<CallRecord["answeredBy"]>;
  warnings: string[];
  usage: Usage | null;
  costNanoUsd: number | null;
  /** From the call's start to its end. */
  tookMs: number;
}

/** Of entries that are kept as written. */
export const NO_ANSWER: Answer = { id: "", model: "", choices: [] };

/** The dialect of replies that hold no bytes: whoever sends them writes them in the client's own. */
const NO_DIALECT = "canonical";

/**
 * The stored answer as a reply: in any dialect, streamed or not, or as it was written. It costs nothing, so its piece
 * bills nothing.
 */
export function replyOf({ answer, written }: Entry): Reply {
  const piece: Piece = written
    ? { mark: "content", bytes: new TextEncoder().encode(written.body) }
    : { mark: "content", events: [...replay(unnamed(answer))], finish: answer.choices[0]?.finish };
  let given = false;
  return {
    dialect: written?.dialect ?? NO_DIALECT,
    form: "whole",
    reader: () => (one) => one.events ?? [],
    pieces: {
      async next() {
        if (given) return { done: true, value: undefined };
        given = true;
        return { done: false, value: piece };
      },
      async return() {
        given = true;
        return { done: true, value: undefined };
      },
    },
  };
}

/** A response can be asked for and deleted by its id: that of another call would stand for both. */
function unnamed(answer: Answer): Answer {
  return answer.id.startsWith("resp_") ? { ...answer, id: "" } : answer;
}

/** What the record of a call says that was answered from the cache. */
export function recordHit(
  call: Call,
  entry: Entry,
  hit: { status: "exact" } | { status: "semantic"; score: number },
  now: { epochMs: number; monotonicMs: number },
): void {
  const { record } = call;
  const ageSeconds = Math.max(0, Math.floor((now.epochMs - entry.storedAtMs) / 1_000));
  record.cache = { ...hit, ageSeconds };
  record.answeredBy = entry.origin.answeredBy;
  record.warnings = [...entry.origin.warnings];
  record.firstContentMs ??= now.monotonicMs - record.startedAt;
}
