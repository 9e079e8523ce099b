/**
 * An operation whose body holds more than one call may at a target: sent as several calls of one attempt, and answered
 * as one. What has been answered is kept for as long as the call lives, so a repeat at the same target asks for the
 * rest alone. Another target begins anew: vectors of two models cannot be compared.
 */
import type { Piece } from "../canonical/reply.ts";
import { addUsage, type Usage } from "../canonical/usage.ts";
import type { PreparedOperation } from "../dialects/operations/operation.ts";
import type { UpstreamFailure, UpstreamReply } from "../providers/call.ts";

interface PartAnswer {
  bytes: Uint8Array;
  usage?: Usage;
}

/** Answers by target and part. */
export type PartAnswers = Map<string, (PartAnswer | undefined)[]>;

/** Calls under way at one time, within the target's own limits for one client. */
const PARALLEL_PARTS = 4;

export interface PartsAttempt {
  target: string;
  split: NonNullable<PreparedOperation["split"]>;
  answers: PartAnswers;
  send(part: PreparedOperation): Promise<UpstreamReply | UpstreamFailure>;
  /** What was answered in this attempt although the attempt failed: it is billed. */
  booked(usage: Usage | undefined): void;
}

export async function callInParts({
  target,
  split,
  answers,
  send,
  booked,
}: PartsAttempt): Promise<UpstreamReply | UpstreamFailure> {
  const known = answers.get(target) ?? [];
  answers.set(target, known);
  const open = split.parts.flatMap((part, index) => (known[index] ? [] : [{ part, index }]));
  const fresh: PartAnswer[] = [];
  let last: UpstreamReply | undefined;
  for (let at = 0; at < open.length; at += PARALLEL_PARTS) {
    const wave = open.slice(at, at + PARALLEL_PARTS);
    const results = await Promise.all(wave.map(({ part }) => send(part).then(answerOf)));
    let failed: UpstreamFailure | undefined;
    for (const [position, result] of results.entries()) {
      if ("failure" in result) failed ??= result;
      else {
        known[wave[position]!.index] = result.answer;
        fresh.push(result.answer);
        last = result.reply;
      }
    }
    if (!failed) continue;
    if (fresh.length > 0) booked(sumOf(fresh));
    return failed;
  }
  const bytes = split.join(known.map((answer) => answer!.bytes));
  const usage = sumOf(fresh);
  return wholeReply(last!, { mark: "content", bytes, ...(usage && { usage }) });
}

async function answerOf(
  sent: UpstreamReply | UpstreamFailure,
): Promise<{ answer: PartAnswer; reply: UpstreamReply } | UpstreamFailure> {
  if ("failure" in sent) return sent;
  const { value } = await sent.pieces.next();
  if (value?.failure) return { failure: value.failure };
  if (!value?.bytes) return { failure: { class: "malformed", message: "The upstream answered with nothing." } };
  return { answer: { bytes: value.bytes, ...(value.usage && { usage: value.usage }) }, reply: sent };
}

/** Undefined as soon as one of them is not told: then all are counted here. */
function sumOf(answers: readonly PartAnswer[]): Usage | undefined {
  return answers.map(({ usage }) => usage).reduce((sum, usage) => (sum && usage ? addUsage(sum, usage) : undefined));
}

function wholeReply({ status, headers }: UpstreamReply, piece: Piece): UpstreamReply {
  let left: Piece | undefined = piece;
  return {
    status,
    headers,
    form: "whole",
    pieces: {
      async next() {
        const value = left;
        left = undefined;
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      async return() {
        left = undefined;
        return { done: true, value: undefined };
      },
    },
  };
}
