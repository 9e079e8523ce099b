/**
 * One attempt in the air: its abort, its limits, its entry in the record and its one settlement. However an attempt
 * ends (answered, failed, cut, cancelled), `land` runs once: the gates are settled, the channel's count goes down and
 * the record knows what it cost.
 */
import type { Admission, AttemptOutcome } from "../canonical/attempt.ts";
import type { Call, Operation } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import { FAILURES, type Failure } from "../canonical/errors.ts";
import type { AttemptRecord, CallRecord } from "../canonical/record.ts";
import type { Piece } from "../canonical/reply.ts";
import { addUsage, NO_USAGE, totalOutput, type Usage } from "../canonical/usage.ts";
import type { Health } from "./health.ts";
import { type KeptPieces, keepPieces } from "./kept-pieces.ts";
import { bucketOf } from "./prompt-scale.ts";
import type { Choice } from "./selection.ts";
import { createWatchdog, type Limit, type Watchdog } from "./watchdog.ts";

/** Operations whose text says nothing of what they cost. */
const MEDIA: ReadonlySet<Operation> = new Set(["image", "speech", "transcribe"]);
/** Upstream words kept in the record. */
const MAX_ERROR_CHARACTERS = 500;

export interface Flight {
  readonly signal: AbortSignal;
  readonly entry: AttemptRecord;
  readonly watchdog: Watchdog;
  /** Books what a piece tells: usage, cost, first content. Only needed for pieces that can tell something. */
  saw(piece: Piece): void;
  readonly kept: KeptPieces;
  /** The upstream's head has arrived. */
  head(status: number): void;
  committed(): void;
  /** Why the flight was aborted from our side, as a failure; undefined when it was not. */
  abortFailure(): Failure | undefined;
  clientLeft(): boolean;
  /** Lost against another attempt of the same call. */
  beaten(): boolean;
  /** Ends it from our side with this failure. */
  giveUp(failure: Failure): void;
  land(end: { ok: true } | { failure: Failure } | { cancelled: true }): void;
}

export interface FlightDeps {
  clock: Clock;
  health: Health;
  price(choice: Choice, usage: Usage): number | null;
  /** Counts what arrived where the upstream gave no numbers. */
  estimate(call: Call, answerText: string): Usage;
}

export function startFlight(
  call: Call,
  choice: Choice,
  admissions: readonly Admission[],
  deadline: number,
  { clock, health, price, estimate }: FlightDeps,
  /** Aborted when another attempt of the same call has won. */
  beatenBy?: AbortSignal,
): Flight {
  const { record } = call;
  const startedAt = clock.monotonic();
  const entry = openEntry(record, choice, startedAt - record.startedAt);
  const controller = new AbortController();
  let expired: Failure | undefined;
  let left = call.signal.aborted;
  let usage: Usage | undefined;
  let contentSeen = false;
  let landed = false;
  let lost = false;
  const kept = keepPieces();

  const giveUp = (failure: Failure) => {
    expired = failure;
    controller.abort(failure);
  };
  const watchdog = createWatchdog(clock, deadline, (limit, ms) =>
    giveUp({ class: "timeout", message: timeoutMessage(choice.candidate.target.name, limit, ms) }),
  );
  const onClientLeft = () => {
    left = true;
    controller.abort("client left");
  };
  call.signal.addEventListener("abort", onClientLeft, { once: true });
  const onBeaten = () => {
    lost = true;
    choice.channel.target.latency.atLeast(since(), bucketOf(call.body.bytes.byteLength, wholeOutput(call)));
    land({ cancelled: true });
  };
  beatenBy?.addEventListener("abort", onBeaten, { once: true });
  choice.channel.inFlight += 1;
  choice.channel.target.inFlight += 1;

  /** Operations besides chat write nothing that is counted in tokens. */
  const writtenText = () => (choice.candidate.operation ? "" : kept.text(choice.candidate.dialect.eventReader()));
  const since = () => clock.monotonic() - startedAt;
  const costOf = (): number | null => {
    if (!usage) return 0;
    // Billed by the second, the character, the piece, or by tokens that nobody here can count.
    const uncounted = MEDIA.has(call.operation) && usage.estimated;
    return uncounted ? price(choice, NO_USAGE) || null : price(choice, usage);
  };

  const land: Flight["land"] = (end) => {
    if (landed) return;
    landed = true;
    watchdog.stop();
    call.signal.removeEventListener("abort", onClientLeft);
    beatenBy?.removeEventListener("abort", onBeaten);
    choice.channel.inFlight -= 1;
    choice.channel.target.inFlight -= 1;
    entry.totalMs = since();
    const failure = "failure" in end ? end.failure : undefined;
    const cancelled = "cancelled" in end;
    entry.outcome = cancelled ? "cancelled" : failure ? "failed" : "ok";
    if (failure) describeFailure(entry, failure);
    if (failure) health.failed(choice.channel, failure, choice.probe);
    else if (cancelled && choice.probe) choice.channel.breaker.releaseProbe();
    if (cancelled || !controller.signal.aborted) controller.abort("landed");
    // An answer without numbers is never free: what arrived is counted here. Of an attempt that lost against another
    // the upstream has read the prompt, and bills it.
    if (contentSeen || lost) usage ??= estimate(call, writtenText());
    else usage = undefined;
    if (usage) entry.usage = usage;
    entry.costNanoUsd = costOf();
    if (usage) record.usage = record.usage ? addUsage(record.usage, usage) : usage;
    record.costNanoUsd = sumCosts(record.costNanoUsd, entry.costNanoUsd);
    const outcome: AttemptOutcome = {
      ok: !failure && !cancelled,
      failure,
      usage,
      costNanoUsd: entry.costNanoUsd,
      contentSeen: contentSeen || lost,
      cancelled,
    };
    for (const admission of admissions) admission.settle(outcome);
  };

  return {
    signal: controller.signal,
    entry,
    watchdog,
    kept,
    saw(piece) {
      if (piece.usage) {
        usage = piece.usage;
        piece.costNanoUsd = sumCosts(record.costNanoUsd, price(choice, usage));
      }
      if (contentSeen || (piece.mark !== "content" && !(piece.mark === "finish" && piece.finish))) return;
      contentSeen = true;
      entry.firstContentMs = since();
    },
    head(status) {
      entry.status = status;
      entry.headMs = since();
    },
    committed() {
      const bucket = bucketOf(call.body.bytes.byteLength, wholeOutput(call, usage));
      health.succeeded(choice.channel, entry.firstContentMs ?? since(), bucket);
      record.answeredBy ??= { target: entry.target, provider: entry.provider, model: entry.model };
      record.firstContentMs ??= clock.monotonic() - record.startedAt;
    },
    abortFailure: () => expired,
    clientLeft: () => left,
    beaten: () => lost,
    giveUp,
    land,
  };
}

/** Tokens of a whole answer as far as known; undefined for a stream, which is measured to its first content. */
function wholeOutput(call: Call, usage?: Usage): number | undefined {
  return call.body.facts.stream ? undefined : usage ? totalOutput(usage) : 0;
}

function openEntry(record: CallRecord, { candidate, key, kind }: Choice, startMs: number): AttemptRecord {
  const { target } = candidate;
  const entry: AttemptRecord = {
    target: target.name,
    provider: target.provider,
    model: target.model,
    key: key.name,
    kind,
    startMs,
    outcome: "pending",
  };
  record.attempts.push(entry);
  return entry;
}

function describeFailure(entry: AttemptRecord, failure: Failure): void {
  entry.class = failure.class;
  entry.reason = FAILURES[failure.class].reason;
  if (failure.status !== undefined) entry.status = failure.status;
  // What a provider says about a refused key may quote the key.
  if (failure.class !== "auth") entry.error = failure.message.slice(0, MAX_ERROR_CHARACTERS);
}

function sumCosts(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function timeoutMessage(target: string, limit: Limit, ms: number): string {
  switch (limit) {
    case "first-token":
      return `${target} sent no content within ${ms} ms.`;
    case "response":
      return `${target} did not answer within ${ms} ms.`;
    case "idle":
      return `${target} went silent for ${ms} ms in the middle of its answer.`;
    case "total":
      return `${target} had not finished when the call's time was up.`;
    default:
      return limit satisfies never;
  }
}
