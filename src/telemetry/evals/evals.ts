/**
 * Online evals: of a share of the answers the pieces are kept on the side, bounded, and judged after the end, off the
 * hot path. What does not fit is dropped and counted: judging never slows or fails a call.
 */
import type { Ask } from "../../canonical/ask.ts";
import type { Call } from "../../canonical/call.ts";
import type { Clock, Log, Random } from "../../canonical/deps.ts";
import { fellBack } from "../../canonical/record.ts";
import type { Piece, Reply } from "../../canonical/reply.ts";
import { createBatch } from "../../store/batch.ts";
import type { EvalScoreRow, EvalsPort } from "../../store/eval-ports.ts";
import type { Check } from "./check.ts";
import { type Checker, createChecker } from "./checker.ts";
import { judge } from "./judge.ts";
import { keepPieces } from "./kept-pieces.ts";
import { similarity } from "./similarity.ts";
import { type Subject, subjectOf } from "./subject.ts";

export interface EvalRule {
  /** Unique. */
  name: string;
  /** Share of the answers, 0 to 1. */
  sample: number;
  what: { check: Check } | { judge: string; rubric: string };
}

export interface EvalCounts {
  /** Scores given, answers that got none for an error, and answers let go for lack of room. */
  scored: number;
  failed: number;
  dropped: number;
}

export interface Evals {
  /** Passes a reply of the router on, and keeps what is to be judged. */
  watch(call: Call, reply: Reply): Reply;
  /** Answers that wait or are being judged. */
  waiting(): number;
  /** Finishes what is being judged, within `CLOSE_LIMIT_MS`, and writes the scores. */
  close(): Promise<void>;
}

export interface EvalDeps {
  clock: Clock;
  random: Random;
  log: Log;
  ask: Ask;
  store: Pick<EvalsPort, "append">;
  onScore(score: EvalScoreRow): void;
  /** Shared by all configurations of a process. */
  counts: EvalCounts;
  checker?: Checker;
}

/** Answers that wait for a judge; and how many are judged at once. */
const MAX_WAITING = 200;
const CONCURRENCY = 4;
/** Requests and answers held for judging, together. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const CLOSE_LIMIT_MS = 5_000;

interface Job {
  call: Call;
  reply: Reply;
  pieces: readonly Piece[];
  rules: readonly EvalRule[];
  bytes: number;
}

export function createEvals(rules: readonly EvalRule[], deps: EvalDeps): Evals {
  const { clock, random, log, counts } = deps;
  const checker = deps.checker ?? createChecker(clock);
  const batch = createBatch<EvalScoreRow>({
    write: (rows) => deps.store.append(rows),
    what: "eval scores",
    clock,
    log,
  });
  const queue: Job[] = [];
  const complained = new Set<string>();
  let heldBytes = 0;
  let running = 0;
  let onIdle: (() => void) | undefined;
  let scheduled = false;

  const drop = () => {
    if (counts.dropped === 0) log("warn", "answers are let go unjudged: evals cannot keep up");
    counts.dropped += 1;
  };
  const scored = (job: Job, rule: EvalRule, result: Outcome) => {
    const { record } = job.call;
    const { answeredBy } = record;
    if (!answeredBy) return;
    const row: EvalScoreRow = {
      atMs: clock.now(),
      eval: rule.name,
      requestId: record.id,
      model: job.call.model,
      provider: answeredBy.provider,
      target: answeredBy.target,
      failover: fellBack(record),
      score: result.score,
      reason: result.reason,
      costNanoUsd: result.costNanoUsd,
    };
    counts.scored += 1;
    batch.add(row);
    deps.onScore(row);
  };
  const failed = (rule: EvalRule, error: unknown) => {
    counts.failed += 1;
    if (complained.has(rule.name)) return;
    complained.add(rule.name);
    log("warn", "an answer could not be judged; further failures of this eval are only counted", {
      eval: rule.name,
      error,
    });
  };
  const runJob = async (job: Job) => {
    try {
      const subject = subjectOf(job.call, job.reply, job.pieces);
      if (!subject) return;
      for (const rule of job.rules) {
        try {
          const result = await evaluate(rule, job.call, subject, { ...deps, checker });
          if (result) scored(job, rule, result);
        } catch (error) {
          failed(rule, error);
        }
      }
    } catch (error) {
      failed(job.rules[0]!, error);
    }
  };
  const pump = () => {
    scheduled = false;
    while (running < CONCURRENCY && queue.length > 0) {
      const job = queue.shift()!;
      running += 1;
      void runJob(job).finally(() => {
        running -= 1;
        heldBytes -= job.bytes;
        if (running === 0 && queue.length === 0) onIdle?.();
        pump();
      });
    }
  };
  const enqueue = (job: Job) => {
    queue.push(job);
    // A turn later: the client's last bytes go first.
    if (!scheduled) {
      scheduled = true;
      clock.after(0, pump);
    }
  };

  return {
    watch(call, reply) {
      if (call.origin !== undefined || call.operation !== "chat") return reply;
      const chosen = rules.filter(({ sample }) => sample > 0 && (sample >= 1 || random() < sample));
      if (chosen.length === 0) return reply;
      const requestBytes = call.body.bytes.byteLength;
      if (queue.length >= MAX_WAITING || heldBytes + requestBytes > MAX_HELD_BYTES) {
        drop();
        return reply;
      }
      heldBytes += requestBytes;
      return keepPieces(reply, {
        take(bytes) {
          if (heldBytes + bytes > MAX_HELD_BYTES) return false;
          heldBytes += bytes;
          return true;
        },
        // An answer that broke off or that nobody waited for is no answer.
        ended(pieces, bytes, whole) {
          const held = requestBytes + bytes;
          if (whole && pieces && queue.length < MAX_WAITING) {
            enqueue({ call, reply, pieces, rules: chosen, bytes: held });
            return;
          }
          heldBytes -= held;
          if (whole) drop();
        },
      });
    },
    waiting: () => queue.length + running,
    async close() {
      if (queue.length + running > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        onIdle = resolve;
        const cancel = clock.after(CLOSE_LIMIT_MS, resolve);
        await promise;
        cancel();
      }
      queue.length = 0;
      checker.close();
      await batch.flush().catch((error: unknown) => log("warn", "eval scores could not be written", { error }));
    },
  };
}

interface Outcome {
  score: number;
  reason: string | null;
  costNanoUsd: number | null;
}

/** Undefined: the eval does not apply to this answer. */
async function evaluate(
  { name, what }: EvalRule,
  call: Call,
  subject: Subject,
  { ask, random, checker }: Pick<EvalDeps, "ask" | "random"> & { checker: Checker },
): Promise<Outcome | undefined> {
  if ("judge" in what)
    return await judge({ name, model: what.judge, rubric: what.rubric }, call.body.chat(), subject, { ask, random });
  const { check } = what;
  if (check.kind === "similarity") {
    const result = await similarity({ name, model: check.model }, call.body.chat(), subject, ask);
    return result ? { ...result, reason: null } : undefined;
  }
  const score = await checker.run(check, subject);
  return score === null ? undefined : { score, reason: null, costNanoUsd: null };
}
