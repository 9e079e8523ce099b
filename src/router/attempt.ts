/**
 * One attempt: through the gates, to the upstream, and up to its first content. Before content every end is a value
 * the router can act on; from content on the attempt owns the client and its pieces flow.
 */
import type { Admission, AttemptOutcome, Gate, Refusal } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import type { Deps } from "../canonical/deps.ts";
import { type Failure, GatewayError } from "../canonical/errors.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import type { Usage } from "../canonical/usage.ts";
import { withDeclaredCalls } from "../dialects/custom-tools/restore-calls.ts";
import type { BodyChanges, Dialect, TargetTraits } from "../dialects/dialect.ts";
import type { PreparedOperation } from "../dialects/operations/operation.ts";
import { type FetchMedia, MediaUnavailable } from "../providers/media/fetch-media.ts";
import { type BodyOverride, type PreparedBody, prepareBody, prepareOperation } from "./body.ts";
import { cappedField } from "./capped.ts";
import type { Connectivity } from "./connectivity.ts";
import { type Flight, startFlight } from "./flight.ts";
import type { Health } from "./health.ts";
import { inlined, urlsToInline } from "./inline-media.ts";
import { callInParts, type PartAnswers } from "./parts.ts";
import type { Choice } from "./selection.ts";
import { sendOnce } from "./send.ts";
import { type AttemptLimits, limitsFor, type TimeoutOptions } from "./timeouts.ts";

export type AttemptResult =
  | { kind: "reply"; reply: Reply; flight: Flight }
  | { kind: "failure"; failure: Failure }
  | { kind: "refusal"; refusal: Refusal }
  | { kind: "client-left" }
  /** Another attempt of the same call was faster. */
  | { kind: "beaten" };

export interface AttemptContext {
  deps: Deps;
  health: Health;
  connectivity: Connectivity;
  gates: readonly Gate[];
  timeouts: TimeoutOptions;
  /** Monotonic milliseconds. */
  deadline: number;
  price(choice: Choice, usage: Usage): number | null;
  /** Usage of an answer whose upstream gave none; marked as estimated. */
  estimate(call: Call, answerText: string): Usage;
  isReasoningModel(model: string): boolean;
  /** Absent: nothing is fetched for clients. */
  fetchMedia?: FetchMedia;
  /** Origins that have answered before: see UpstreamRequest. */
  answeredOrigins: Set<string>;
  /** What targets have answered to parts of this call; made when the first body is cut. */
  partAnswers?: PartAnswers;
}

/** Pieces held back while waiting for content; a stream of more preambles than this is no answer. */
const MAX_PREAMBLE_PIECES = 10_000;

export interface AttemptExtras {
  /** The body of a continuation instead of the client's. */
  override?: BodyOverride;
  /** Aborted when another attempt of the same call has won. */
  beatenBy?: AbortSignal;
}

export async function attempt(
  call: Call,
  choice: Choice,
  context: AttemptContext,
  { override, beatenBy }: AttemptExtras = {},
): Promise<AttemptResult> {
  const passed = await passGates(call, choice, context.gates);
  if ("refusal" in passed) return { kind: "refusal", refusal: passed.refusal };
  if (beatenBy?.aborted) {
    for (const admission of passed.admissions) admission.settle(NOT_SENT);
    return { kind: "beaten" };
  }
  const { clock } = context.deps;
  const stream = asksForStream(call, choice);
  const limits = limitsFor(choice, stream, context);
  const deadline = Math.min(context.deadline, clock.monotonic() + limits.totalMs);
  const { health, price, estimate } = context;
  const flight = startFlight(call, choice, passed.admissions, deadline, { clock, health, price, estimate }, beatenBy);
  try {
    return await fly(
      call,
      choice,
      flight,
      { limits, stream, maxOutputTokens: passed.maxOutputTokens, override },
      context,
    );
  } catch (error) {
    flight.land({ cancelled: true });
    throw error;
  }
}

/**
 * A half-open breaker's one real call has two seconds to show content. A whole answer rarely comes that fast, so such a
 * call is sent as a stream and collected: its first word tells as much.
 */
function asksForStream({ body, operation }: Call, { probe, hasAlternative, candidate }: Choice): boolean {
  return body.facts.stream || (probe && hasAlternative && operation === "chat" && !candidate.operation);
}

interface Flown {
  /** Whether a stream is asked for; the client may not have. */
  stream: boolean;
  limits: AttemptLimits;
  maxOutputTokens: number | undefined;
  override: BodyOverride | undefined;
}

async function fly(
  call: Call,
  choice: Choice,
  flight: Flight,
  { limits, stream, maxOutputTokens, override }: Flown,
  context: AttemptContext,
): Promise<AttemptResult> {
  const { target, provider, dialect } = choice.candidate;
  const traits = provider.traits(target.model);
  const url = choice.candidate.operation?.url ?? provider.url(dialect, target.model, stream);

  const fail = (failure: Failure): AttemptResult => {
    if (flight.beaten()) return { kind: "beaten" };
    if (flight.clientLeft()) {
      flight.land({ cancelled: true });
      return { kind: "client-left" };
    }
    const known = flight.abortFailure() ?? failure;
    flight.land({ failure: known });
    return { kind: "failure", failure: known };
  };

  const operation = choice.candidate.operation && prepareOperation(choice.candidate.operation.wire, call, traits);
  if (operation && "unsupported" in operation) return fail(operation.unsupported);
  const changes = { traits, stream, maxOutputTokens };
  const body = operation ?? (await bodyFor(call, choice, changes, { override, flight }, context));
  if ("unsupported" in body) return fail(body.unsupported);
  const send = (bytes: Uint8Array, part?: PreparedOperation) =>
    sendOnce(call, choice, flight, { url, bytes, stream, limits, ...(part && { operation: part }) }, context);
  const sent = operation?.split
    ? await callInParts({
        target: target.name,
        split: operation.split,
        answers: partAnswersOf(context),
        send: (part) => send(part.bytes, part),
        booked: (usage) => flight.saw({ mark: "content", ...(usage && { usage }) }),
      })
    : await send(body.bytes, operation);
  if ("failure" in sent) {
    const { failure } = sent;
    return fail(operation && failure.class === "model_not_found" ? { ...failure, pathMissing: true } : failure);
  }

  const held: Piece[] = [];
  for (;;) {
    const result = await sent.pieces.next();
    if (flight.beaten()) {
      await sent.pieces.return?.();
      return { kind: "beaten" };
    }
    if (result.done) return fail({ class: "malformed", message: `${target.name} answered with nothing.` });
    const piece = result.value;
    if (piece.failure) return fail(piece.failure);
    held.push(piece);
    flight.kept.add(piece);
    flight.saw(piece);
    if (piece.mark === "content" || piece.finish !== undefined) break;
    if (held.length > MAX_PREAMBLE_PIECES)
      return fail({ class: "malformed", message: `${target.name} sent no content.` });
  }
  flight.committed();
  const capped = cappedField(call, maxOutputTokens);
  for (const warning of capped === undefined ? body.warnings : [...body.warnings, capped])
    if (!call.record.warnings.includes(warning)) call.record.warnings.push(warning);
  flight.watchdog.arm("idle", limits.idleMs);
  const pieces = ownedPieces(held, sent.pieces, flight);
  // What an operation's answer holds is in the client's form already.
  if (operation)
    return {
      kind: "reply",
      flight,
      reply: { dialect: call.dialect, form: sent.form, pieces, reader: () => () => [] },
    };
  return {
    kind: "reply",
    flight,
    reply: replyOf(call, dialect, sent.form, pieces),
  };
}

/** Of the call, whose attempts share the context. */
function partAnswersOf(context: AttemptContext): PartAnswers {
  context.partAnswers ??= new Map();
  return context.partAnswers;
}

/** What cannot be said to this target may be said to another; the only one's refusal is the client's own error. */
async function bodyFor(
  call: Call,
  choice: Choice,
  changes: BodyChanges,
  flown: Pick<Flown, "override"> & { flight: Flight },
  context: AttemptContext,
): Promise<PreparedBody | { unsupported: Failure }> {
  try {
    const translated = await requestWithMedia(call, choice, changes.traits, flown, context);
    if (translated instanceof MediaUnavailable)
      return { unsupported: { class: "unsupported", status: 400, message: translated.message } };
    return prepareBody(call, choice.candidate.dialect, changes, translated);
  } catch (error) {
    const others = choice.hasAlternative || call.record.attempts.length > 1;
    if (!(error instanceof GatewayError) || !others) throw error;
    const { message, param } = error;
    return { unsupported: { class: "unsupported", message, ...(param !== undefined && { param }) } };
  }
}

/**
 * The upstream's reply. Where tools of the client's had to become others for this dialect, the calls of them are turned
 * back here, once, so that whoever reads or keeps the reply sees what the client does.
 */
function replyOf(call: Call, dialect: Dialect, form: Reply["form"], pieces: Reply["pieces"]): Reply {
  const reply: Reply = { dialect: dialect.name, form, pieces, reader: () => dialect.eventReader() };
  return dialect.name === call.dialect ? reply : withDeclaredCalls(reply, call.body.chat());
}

/** What is sent instead of the client's own request: a continuation, or one with the media the target needs inside. */
async function requestWithMedia(
  call: Call,
  { candidate: { dialect } }: Choice,
  traits: TargetTraits,
  { override, flight }: Pick<Flown, "override"> & { flight: Flight },
  { fetchMedia }: AttemptContext,
): Promise<BodyOverride | MediaUnavailable | undefined> {
  // A client that speaks the target's dialect has written what the target takes.
  if (!fetchMedia || dialect.name === call.dialect) return override;
  const request = override?.request ?? call.body.chat();
  const urls = urlsToInline(request, dialect, traits);
  if (urls.length === 0) return override;
  try {
    return { ...override, request: await inlined(request, urls, fetchMedia, flight.signal) };
  } catch (error) {
    if (error instanceof MediaUnavailable) return error;
    throw error;
  }
}

/** The pieces of a committed attempt. Plain iterator, so that `return()` settles even if nobody ever pulled. */
function ownedPieces(
  held: Piece[],
  source: AsyncIterator<Piece, undefined>,
  flight: Flight,
): AsyncIterator<Piece, undefined> {
  let position = 0;
  let over = false;
  const failedPiece = (failure: Failure): Piece => {
    over = true;
    const known = flight.abortFailure() ?? failure;
    flight.land(flight.clientLeft() ? { cancelled: true } : { failure: known });
    return { mark: "error", failure: known };
  };
  return {
    async next() {
      if (position < held.length) return { done: false, value: held[position++]! };
      if (over) return { done: true, value: undefined };
      try {
        const result = await source.next();
        flight.watchdog.touch();
        if (result.done) {
          over = true;
          flight.land({ ok: true });
          return result;
        }
        const piece = result.value;
        if (piece.failure) return { done: false, value: { ...piece, ...failedPiece(piece.failure) } };
        flight.kept.add(piece);
        if (piece.usage !== undefined) flight.saw(piece);
        return result;
      } catch (error) {
        const message = error instanceof Error ? error.name : "error";
        return {
          done: false,
          value: failedPiece({ class: "connection", message: `The connection broke (${message}).` }),
        };
      }
    },
    async return() {
      over = true;
      position = held.length;
      flight.land({ cancelled: true });
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}

const NOT_SENT: AttemptOutcome = { ok: false, costNanoUsd: 0, contentSeen: false, cancelled: true };

type Passed = { admissions: Admission[]; maxOutputTokens: number | undefined } | { refusal: Refusal };

async function passGates(call: Call, choice: Choice, gates: readonly Gate[]): Promise<Passed> {
  const admissions: Admission[] = [];
  let maxOutputTokens: number | undefined;
  const { candidate, key, kind } = choice;
  for (const gate of gates) {
    const answer = gate(call, { target: candidate.target, key: key.name, kind, maxOutputTokens });
    const verdict = answer instanceof Promise ? await answer : answer;
    if ("refused" in verdict) {
      for (const admission of admissions) admission.settle(NOT_SENT);
      return { refusal: verdict };
    }
    admissions.push(verdict);
    if (verdict.maxOutputTokens !== undefined)
      maxOutputTokens = Math.min(maxOutputTokens ?? Number.POSITIVE_INFINITY, verdict.maxOutputTokens);
  }
  return { admissions, maxOutputTokens };
}
