/**
 * The router: one loop, one attempt a turn. What may be tried is decided by `selection`, one try is made by `attempt`,
 * what a failure means stands in the FAILURES table; here is only the order of things and when to stop.
 */
import type { Gate } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import { type Deps, sleep } from "../canonical/deps.ts";
import { type Failure, GatewayError } from "../canonical/errors.ts";
import type { Decision } from "../canonical/record.ts";
import type { Reply } from "../canonical/reply.ts";
import { NO_USAGE, type Usage } from "../canonical/usage.ts";
import type { FetchMedia } from "../providers/media/fetch-media.ts";
import type { Provider } from "../providers/provider.ts";
import { affinityOf } from "./affinity.ts";
import { needsAffinity } from "./affinity-need.ts";
import { type AttemptContext, type AttemptResult, attempt } from "./attempt.ts";
import { attemptUnsealed } from "./attempt-unsealed.ts";
import { candidatesOf, type Upstream } from "./candidates.ts";
import { createConnectivity } from "./connectivity.ts";
import { type Continued, continuable } from "./continuation.ts";
import { continuationRequest, createWays, type Way } from "./continuation-ways.ts";
import { counted } from "./counted.ts";
import { decisionOf } from "./decision.ts";
import { demandOf } from "./demand.ts";
import { exhausted, type LastFailure } from "./exhausted.ts";
import type { Flight } from "./flight.ts";
import type { Health } from "./health.ts";
import { createHedges, type HedgeOptions, type Lane, race } from "./hedge.ts";
import { mediaOnce } from "./inline-media.ts";
import { createKeyPool } from "./keys.ts";
import { lackingIn } from "./lacking.ts";
import { byChat, createLegacyCompletions } from "./legacy-completions.ts";
import type { Partial } from "./partial.ts";
import type { Ranking } from "./rank.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { Route, Routes } from "./routes.ts";
import { type Choice, createSelection, type Selection } from "./selection.ts";
import type { OrderInputs, Scorer } from "./strategies.ts";
import { type TimeoutOptions, totalFor } from "./timeouts.ts";

export interface RouterOptions {
  routes: Routes;
  providers: readonly Provider[];
  timeouts: TimeoutOptions;
  retries: {
    perTarget: number;
    waitForRetryAfterMs: number;
    /** All attempts of one call: keys, repeats, targets, continuations. */
    maxAttempts: number;
  };
  fallbackOn: readonly string[];
  /** The longest wait for a key's quota, in milliseconds. */
  maxQueueMs: number;
  /** Null: no second attempts beside a slow one. */
  hedge: HedgeOptions | null;
  /** Whether a stream that breaks after content goes on elsewhere; models and calls may say otherwise. */
  continuation: "off" | "resume";
  /** Passed by every attempt before it is sent; the shared retry budget comes on top. */
  gates: readonly Gate[];
  /** Integer nano-USD, or null without a known price. */
  price(provider: Provider, model: string, usage: Usage): number | null;
  /** Usage of an answer whose upstream gave none. */
  estimate(call: Call, answerText: string): Usage;
  contextTokens(provider: Provider, model: string): number | undefined;
  isReasoningModel(model: string): boolean;
  /** Fetches what clients name by URL and a target takes as bytes alone. Absent: it is not fetched. */
  fetchMedia?: FetchMedia;
}

export interface Router {
  /** Resolves once an attempt owns the client; rejects with GatewayError. */
  send(call: Call): Promise<Reply>;
}

/** One call on its way through the loop. */
interface Journey {
  call: Call;
  route: Route;
  selection: Selection;
  context: AttemptContext;
  failures: LastFailure[];
  inputs: OrderInputs;
  rankings: readonly Ranking[];
  hedged: boolean;
}

/** An attempt that owns the client. */
interface Landed {
  reply: Reply;
  flight: Flight;
  choice: Choice;
}

/** The choice may be another one than was asked for: the second of a hedge. */
type Try = (journey: Journey, choice: Choice) => Promise<{ choice: Choice; result: AttemptResult }>;

/** Calls that wait for a key at one time; more are told to come again. */
const MAX_QUEUED_CALLS = 1_000;
/** Told to a client that found the queue full. */
const QUEUE_FULL_RETRY_MS = 1_000;
const UINT32 = 2 ** 32;

export function createRouter(options: RouterOptions, health: Health, deps: Deps): Router {
  const { clock, random } = deps;
  const { retries } = options;
  const upstreams = new Map<string, Upstream>(
    options.providers.map((provider) => [provider.name, { provider, keys: createKeyPool(provider.keys) }]),
  );
  const ways = createWays();
  const legacy = createLegacyCompletions(retries.maxAttempts);
  const hedges = options.hedge ? createHedges(options.hedge) : undefined;
  const affinityMatters = needsAffinity(upstreams);
  let queued = 0;
  const selectionOptions = {
    perTarget: retries.perTarget,
    waitForRetryAfterMs: retries.waitForRetryAfterMs,
    maxQueueMs: options.maxQueueMs,
    mayQueue: () => queued < MAX_QUEUED_CALLS,
    fallbackOn: new Set(options.fallbackOn),
    contextTokens: ({ provider, target, route }: Choice["candidate"]) =>
      route.contextTokens ?? options.contextTokens(provider, target.model),
  };
  const shared: Omit<AttemptContext, "deadline"> = {
    deps,
    health,
    connectivity: createConnectivity(deps.isConnecting, clock),
    gates: [...options.gates, createRetryBudget()],
    timeouts: options.timeouts,
    price: (choice, usage) => options.price(choice.candidate.provider, choice.candidate.target.model, usage),
    estimate: options.estimate,
    isReasoningModel: options.isReasoningModel,
    answeredOrigins: new Set(),
  };

  const scorer: Scorer = {
    load: ({ provider, model }) => {
      const { latency, inFlight } = health.target(provider, model);
      return latency.read(clock.now()) * (inFlight + 1);
    },
    inFlight: ({ provider, model }) => health.target(provider, model).inFlight,
    costNanoUsd: ({ provider, model }, { inputTokens, outputTokens }) => {
      const upstream = upstreams.get(provider);
      const usage = { ...NO_USAGE, input: inputTokens, output: outputTokens };
      return upstream ? options.price(upstream.provider, model, usage) : null;
    },
  };

  const begin = (call: Call, route: Route): Journey => {
    const inputs: OrderInputs = {
      seed: Math.floor(random() * UINT32),
      affinity: affinityMatters(route) ? affinityOf(call, route.affinity) : undefined,
      demand: demandOf(call),
    };
    const { found, rankings } = candidatesOf(call, route, upstreams, scorer, inputs);
    const totalMs = totalFor(call.options.timeoutMs, route.timeouts?.totalMs, options.timeouts.totalMs);
    return {
      call,
      route,
      selection: createSelection(
        found,
        health,
        selectionOptions,
        random,
        inputs,
        lackingIn(call, options.fetchMedia !== undefined),
      ),
      context: {
        ...shared,
        deadline: call.record.startedAt + totalMs,
        ...(options.fetchMedia && { fetchMedia: mediaOnce(options.fetchMedia) }),
      },
      failures: [],
      inputs,
      rankings,
      hedged: false,
    };
  };

  /** The loop. Resolves with the attempt that owns the client; throws when nothing is left to try. */
  const travel = async (journey: Journey, tryOnce: Try): Promise<Landed> => {
    const { call, selection, context } = journey;
    const { record } = call;
    let refused: GatewayError | undefined;
    while (record.attempts.length < retries.maxAttempts) {
      if (call.signal.aborted) throw clientClosed();
      const wanted = nextChoice(journey);
      if (!wanted) break;
      if (wanted.waitMs > 0 && !(await pause(journey, wanted))) break;
      const waitingSince = clock.monotonic();
      const { choice, result } = await tryOnce(journey, wanted);
      record.waitedMs += clock.monotonic() - waitingSince;
      switch (result.kind) {
        case "reply":
          return { reply: result.reply, flight: result.flight, choice };
        case "client-left":
          throw clientClosed();
        case "refusal":
          if (result.refusal.scope === "call") throw result.refusal.refused;
          if (result.refusal.scope === "target") refused = result.refusal.refused;
          selection.abandon(choice);
          selection.setAside(choice, result.refusal.scope === "target" ? "refused by a gate" : "retry budget spent");
          break;
        case "failure":
          noteFailure(journey, choice, result.failure);
          if (result.failure.class === "timeout" && clock.monotonic() >= context.deadline)
            throw exhausted(call.model, journey.failures, undefined, clock);
          break;
        case "beaten":
          throw new Error("An attempt was beaten by nobody.");
        default:
          result satisfies never;
      }
    }
    throw refused ?? nothingLeft(journey);
  };

  /** Asks what is next; a call that wants its decisions explained gets each written down as it is made. */
  const nextChoice = (journey: Journey): Choice | undefined => {
    const { call, selection } = journey;
    const now = clock.now();
    const candidates = call.options.explain ? selection.explain(now) : undefined;
    const choice = selection.next(now);
    if (candidates) writeDown(journey, candidates, choice);
    else if (choice && call.record.attempts.length === 0 && !selection.isFirst(choice))
      writeDown(journey, selection.explain(now), choice);
    return choice;
  };

  const writeDown = (journey: Journey, candidates: Decision["candidates"], choice: Choice | undefined) => {
    const { record } = journey.call;
    const atMs = clock.monotonic() - record.startedAt;
    record.explain = true;
    record.decisions = [...(record.decisions ?? []), decisionOf(journey, candidates, choice, atMs)];
  };

  const nothingLeft = ({ call, selection, failures }: Journey): GatewayError => {
    const now = clock.now();
    const rest = selection.soonestRest(now);
    const quotaMs = failures.length === 0 && !rest ? selection.soonestQuotaMs(now) : undefined;
    if (quotaMs === undefined) return exhausted(call.model, failures, rest, clock);
    const retryAfterMs = quotaMs > options.maxQueueMs ? quotaMs : Math.max(quotaMs, QUEUE_FULL_RETRY_MS);
    return new GatewayError(
      "overloaded",
      `Every key of model "${call.model}" is at its limit, and the queue is full.`,
      { retryAfterMs },
    );
  };

  const noteFailure = ({ selection, failures }: Journey, choice: Choice, failure: Failure) => {
    const { target } = choice.candidate;
    failures.push({ failure, provider: target.provider, target: target.name });
    selection.failed(choice, failure, clock.now());
  };

  /** False when the call's deadline comes first. */
  const pause = async ({ call, selection, context }: Journey, choice: Choice): Promise<boolean> => {
    const since = clock.monotonic();
    if (since + choice.waitMs >= context.deadline) {
      selection.abandon(choice);
      return false;
    }
    queued += 1;
    try {
      await sleep(clock, choice.waitMs, call.signal);
    } catch {
      selection.abandon(choice);
      throw clientClosed();
    } finally {
      queued -= 1;
      const ms = clock.monotonic() - since;
      if (choice.queued) call.record.queuedMs += ms;
      else call.record.waitedMs += ms;
    }
    return true;
  };

  const tryClientRequest: Try = async (journey, choice) => {
    const { call, context } = journey;
    const { latency } = choice.channel.target;
    const delayMs = journey.hedged ? undefined : hedges?.delayMs(latency, call.body.facts.stream);
    const tried = (taken: Choice, beatenBy?: AbortSignal) =>
      legacy.attempt(call, taken, (asked) => attemptUnsealed(call, asked, context, retries.maxAttempts, beatenBy));
    if (delayMs === undefined) return { choice, result: await tried(choice) };
    const laneOf = (taken: Choice): Lane => {
      const beaten = new AbortController();
      const result = tried(taken, beaten.signal);
      return { choice: taken, result, beaten: () => beaten.abort() };
    };
    return race(laneOf(choice), delayMs, () => secondLane(journey, choice, laneOf), noteLane(journey), clock);
  };

  /** `later`: there is somebody to send a second attempt to, but no budget for it now. */
  const secondLane = (journey: Journey, running: Choice, laneOf: (choice: Choice) => Lane) => {
    const { call, selection } = journey;
    if (call.record.attempts.length >= retries.maxAttempts || call.signal.aborted) return undefined;
    if (!hedges?.take()) return "later";
    const choice = selection.hedge(running, clock.now());
    if (!choice) {
      hedges.giveBack();
      return undefined;
    }
    journey.hedged = true;
    return laneOf(choice);
  };

  /** One of two attempts has failed while the other still runs. */
  const noteLane = (journey: Journey) => (lane: Lane, result: AttemptResult) => {
    if (result.kind === "failure") noteFailure(journey, lane.choice, result.failure);
    if (result.kind !== "refusal") return;
    journey.selection.abandon(lane.choice);
    if (lane.choice.kind === "hedge") hedges?.giveBack();
  };

  /** A way that the target refuses with a 400 is remembered and the next one tried there; the 400 never surfaces. */
  const tryContinuing = async (
    journey: Journey,
    choice: Choice,
    partial: Partial,
    used: (way: Way, trimmed: string) => void,
  ): Promise<AttemptResult> => {
    const { call, context } = journey;
    const original = call.body.chat();
    for (;;) {
      const way = ways.best(choice.candidate, original);
      const { request, amend, trimmed } = continuationRequest(original, partial.text, way);
      used(way, trimmed);
      const result = await attempt(call, { ...byChat(choice), kind: "continuation" }, context, {
        override: { request, amend },
      });
      const refused =
        result.kind === "failure" && (result.failure.class === "invalid" || result.failure.class === "unsupported");
      const left = call.record.attempts.length < retries.maxAttempts;
      if (!refused || !left || !ways.refused(choice.candidate, way)) return result;
    }
  };

  const continued = ({ reply, flight, choice }: Landed, journey: Journey): Reply => {
    const { call } = journey;
    const wish = call.options.continuation ?? journey.route.continuation ?? options.continuation;
    if (wish === "off" || !call.body.facts.stream || !call.options.fallback) return reply;
    const goOn = async (failure: Failure, partial: Partial): Promise<Continued | undefined> => {
      // The call's time is up, not the upstream's: nobody may be asked any more.
      if (clock.monotonic() >= journey.context.deadline) return undefined;
      let how: { way: Way; trimmed: string } = { way: "instruction", trimmed: "" };
      const { target } = choice.candidate;
      journey.failures.push({ failure, provider: target.provider, target: target.name });
      journey.selection.setAside(choice, "its answer broke off");
      try {
        const next = await travel(journey, async (_journey, candidate) => ({
          choice: candidate,
          result: await tryContinuing(journey, candidate, partial, (way, trimmed) => {
            how = { way, trimmed };
          }),
        }));
        return { reply: next.reply, target: next.choice.candidate.target.name, ...how };
      } catch (error) {
        if (error instanceof GatewayError) return undefined;
        throw error;
      } finally {
        keepDecision(journey);
      }
    };
    return continuable(reply, {
      request: () => call.body.chat(),
      from: choice.candidate.target.name,
      goOn,
      usageSoFar: () => flight.entry.usage,
      kept: flight.kept,
    });
  };

  /** How things stood when nobody had asked but something went wrong. */
  const keepDecision = (journey: Journey) => {
    const { record, options: wishes } = journey.call;
    if (wishes.explain || (record.attempts.length === 1 && record.answeredBy)) return;
    writeDown(journey, journey.selection.explain(clock.now()), undefined);
  };

  return {
    send: (call) => (call.operation === "count" ? counted(call, send, options.estimate) : send(call)),
  };

  async function send(call: Call): Promise<Reply> {
    const route = options.routes.find(call.model);
    if (!route) throw new GatewayError("model_not_found", `Model "${call.model}" does not exist.`, { param: "model" });
    const journey = begin(call, route);
    hedges?.callStarted();
    try {
      return continued(await travel(journey, tryClientRequest), journey);
    } finally {
      keepDecision(journey);
    }
  }
}

function clientClosed(): GatewayError {
  return new GatewayError("client_closed", "The client closed the connection.");
}
