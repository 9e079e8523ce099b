/**
 * The router: one loop, one attempt a turn. What may be tried is decided by `selection`, one try is made by `attempt`,
 * what a failure means stands in the FAILURES table; here is only the order of things and when to stop.
 */
import type { Gate } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import { type Deps, sleep } from "../canonical/deps.ts";
import { type Failure, GatewayError } from "../canonical/errors.ts";
import type { Reply } from "../canonical/reply.ts";
import type { Usage } from "../canonical/usage.ts";
import type { Provider } from "../providers/provider.ts";
import { type AttemptContext, type AttemptResult, attempt } from "./attempt.ts";
import { candidatesOf, type Upstream } from "./candidates.ts";
import { type Continued, continuable } from "./continuation.ts";
import { continuationRequest, createWays, type Way } from "./continuation-ways.ts";
import { exhausted, type LastFailure } from "./exhausted.ts";
import type { Flight } from "./flight.ts";
import type { Health } from "./health.ts";
import { createKeyPool } from "./keys.ts";
import type { Partial } from "./partial.ts";
import { createRetryBudget } from "./retry-budget.ts";
import type { Route, Routes } from "./routes.ts";
import { type Choice, createSelection, type Selection } from "./selection.ts";
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
}

/** An attempt that owns the client. */
interface Landed {
  reply: Reply;
  flight: Flight;
  choice: Choice;
}

type Try = (journey: Journey, choice: Choice) => Promise<AttemptResult>;

export function createRouter(options: RouterOptions, health: Health, deps: Deps): Router {
  const { clock, random } = deps;
  const { retries } = options;
  const upstreams = new Map<string, Upstream>(
    options.providers.map((provider) => [provider.name, { provider, keys: createKeyPool(provider.keys) }]),
  );
  const retryBudget = createRetryBudget();
  const ways = createWays();
  const selectionOptions = {
    perTarget: retries.perTarget,
    waitForRetryAfterMs: retries.waitForRetryAfterMs,
    fallbackOn: new Set(options.fallbackOn),
    contextTokens: ({ provider, target, route }: Choice["candidate"]) =>
      route.contextTokens ?? options.contextTokens(provider, target.model),
  };
  const shared: Omit<AttemptContext, "deadline"> = {
    deps,
    health,
    gates: [...options.gates, retryBudget.gate],
    timeouts: options.timeouts,
    price: (choice, usage) => options.price(choice.candidate.provider, choice.candidate.target.model, usage),
    estimate: options.estimate,
    isReasoningModel: options.isReasoningModel,
    answeredOrigins: new Set(),
  };

  const begin = (call: Call, route: Route): Journey => ({
    call,
    route,
    selection: createSelection(candidatesOf(call, route, upstreams), health, selectionOptions, random),
    context: {
      ...shared,
      deadline:
        call.record.startedAt + totalFor(call.options.timeoutMs, route.timeouts?.totalMs, options.timeouts.totalMs),
    },
    failures: [],
  });

  /** The loop. Resolves with the attempt that owns the client; throws when nothing is left to try. */
  const travel = async (journey: Journey, tryOnce: Try): Promise<Landed> => {
    const { call, selection, context, failures } = journey;
    const { record } = call;
    let refused: GatewayError | undefined;
    while (record.attempts.length < retries.maxAttempts) {
      if (call.signal.aborted) throw clientClosed();
      const choice = selection.next(clock.now());
      if (!choice) break;
      if (choice.waitMs > 0 && !(await pause(call, choice, context.deadline))) break;
      const waitingSince = clock.monotonic();
      const result = await tryOnce(journey, choice);
      record.waitedMs += clock.monotonic() - waitingSince;
      switch (result.kind) {
        case "reply":
          return { reply: result.reply, flight: result.flight, choice };
        case "client-left":
          throw clientClosed();
        case "refusal":
          if (result.refusal.scope === "call") throw result.refusal.refused;
          if (result.refusal.scope === "target") refused = result.refusal.refused;
          if (choice.probe) choice.channel.breaker.releaseProbe();
          selection.setAside(choice, result.refusal.scope === "target" ? "refused by a gate" : "retry budget spent");
          break;
        case "failure":
          noteFailure(journey, choice, result.failure);
          if (result.failure.class === "timeout" && clock.monotonic() >= context.deadline)
            throw exhausted(call.model, failures, undefined, clock);
          break;
        default:
          result satisfies never;
      }
    }
    throw refused ?? exhausted(call.model, failures, selection.soonestRest(clock.now()), clock);
  };

  const noteFailure = ({ selection, failures }: Journey, choice: Choice, failure: Failure) => {
    const { target } = choice.candidate;
    failures.push({ failure, provider: target.provider, target: target.name });
    selection.failed(choice, failure, clock.now());
  };

  /** False when the call's deadline comes first. */
  const pause = async (call: Call, choice: Choice, deadline: number): Promise<boolean> => {
    const since = clock.monotonic();
    const giveUp = () => {
      if (choice.probe) choice.channel.breaker.releaseProbe();
    };
    if (since + choice.waitMs >= deadline) {
      giveUp();
      return false;
    }
    try {
      await sleep(clock, choice.waitMs, call.signal);
    } catch {
      giveUp();
      throw clientClosed();
    } finally {
      call.record.waitedMs += clock.monotonic() - since;
    }
    return true;
  };

  const tryClientRequest: Try = ({ call, context }, choice) => attempt(call, choice, context);

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
      const result = await attempt(call, { ...choice, kind: "continuation" }, context, { request, amend });
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
      let how: { way: Way; trimmed: string } = { way: "instruction", trimmed: "" };
      const { target } = choice.candidate;
      journey.failures.push({ failure, provider: target.provider, target: target.name });
      journey.selection.setAside(choice, "its answer broke off");
      try {
        const next = await travel(journey, (_journey, candidate) =>
          tryContinuing(journey, candidate, partial, (way, trimmed) => {
            how = { way, trimmed };
          }),
        );
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

  const keepDecision = ({ call, route, selection }: Journey) => {
    const { record } = call;
    if (!call.options.explain && record.attempts.length === 1 && record.answeredBy) return;
    record.explain = true;
    record.decisions = [
      ...(record.decisions ?? []),
      { strategy: route.strategy, seed: 0, candidates: selection.explain(clock.now()) },
    ];
  };

  return {
    async send(call) {
      const route = options.routes.find(call.model);
      if (!route)
        throw new GatewayError("model_not_found", `Model "${call.model}" does not exist.`, { param: "model" });
      const journey = begin(call, route);
      retryBudget.callStarted();
      try {
        return continued(await travel(journey, tryClientRequest), journey);
      } finally {
        retryBudget.callEnded();
        keepDecision(journey);
      }
    },
  };
}

function clientClosed(): GatewayError {
  return new GatewayError("client_closed", "The client closed the connection.");
}
