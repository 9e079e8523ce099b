/**
 * The router: one loop, one attempt a turn. What may be tried is decided by `selection`, one try is made by `attempt`,
 * what a failure means stands in the FAILURES table; here is only the order of things and when to stop.
 */
import type { Gate } from "../canonical/attempt.ts";
import type { Call } from "../canonical/call.ts";
import { type Deps, sleep } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { Reply } from "../canonical/reply.ts";
import type { Usage } from "../canonical/usage.ts";
import type { Provider } from "../providers/provider.ts";
import { type AttemptContext, attempt } from "./attempt.ts";
import { candidatesOf, type Upstream } from "./candidates.ts";
import { exhausted, type LastFailure } from "./exhausted.ts";
import type { Health } from "./health.ts";
import { createKeyPool } from "./keys.ts";
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
  /** Passed by every attempt before it is sent; the shared retry budget comes on top. */
  gates: readonly Gate[];
  /** Integer nano-USD, or null without a known price. */
  price(provider: Provider, model: string, usage: Usage): number | null;
  contextTokens(provider: Provider, model: string): number | undefined;
  isReasoningModel(model: string): boolean;
}

export interface Router {
  /** Resolves once an attempt owns the client; rejects with GatewayError. */
  send(call: Call): Promise<Reply>;
}

export function createRouter(options: RouterOptions, health: Health, deps: Deps): Router {
  const { clock, random } = deps;
  const { retries } = options;
  const upstreams = new Map<string, Upstream>(
    options.providers.map((provider) => [provider.name, { provider, keys: createKeyPool(provider.keys) }]),
  );
  const retryBudget = createRetryBudget();
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
    isReasoningModel: options.isReasoningModel,
    answeredOrigins: new Set(),
  };

  const route = async (call: Call, found: Route): Promise<Reply> => {
    const { record, signal } = call;
    const deadline =
      record.startedAt + totalFor(call.options.timeoutMs, found.timeouts?.totalMs, options.timeouts.totalMs);
    const selection = createSelection(candidatesOf(call, found, upstreams), health, selectionOptions, random);
    const context = { ...shared, deadline };
    const failures: LastFailure[] = [];
    let refused: GatewayError | undefined;
    while (record.attempts.length < retries.maxAttempts) {
      if (signal.aborted) throw clientClosed();
      const choice = selection.next(clock.now());
      if (!choice) break;
      if (choice.waitMs > 0 && !(await pause(call, choice, deadline))) break;
      const waitingSince = clock.monotonic();
      const result = await attempt(call, choice, context);
      record.waitedMs += clock.monotonic() - waitingSince;
      switch (result.kind) {
        case "reply":
          keepDecision(call, found, selection);
          return result.reply;
        case "client-left":
          throw clientClosed();
        case "refusal":
          if (result.refusal.scope === "call") throw result.refusal.refused;
          if (result.refusal.scope === "target") refused = result.refusal.refused;
          if (choice.probe) choice.channel.breaker.releaseProbe();
          selection.refused(choice, result.refusal.scope);
          break;
        case "failure":
          failures.push({
            failure: result.failure,
            provider: choice.candidate.target.provider,
            target: choice.candidate.target.name,
          });
          selection.failed(choice, result.failure, clock.now());
          if (result.failure.class === "timeout" && clock.monotonic() >= deadline)
            throw exhausted(call.model, failures, undefined, clock);
          break;
        default:
          result satisfies never;
      }
    }
    keepDecision(call, found, selection);
    throw refused ?? exhausted(call.model, failures, selection.soonestRest(clock.now()), clock);
  };

  /** False when the call's deadline comes first. */
  const pause = async (call: Call, choice: Choice, deadline: number): Promise<boolean> => {
    const since = clock.monotonic();
    if (since + choice.waitMs >= deadline) {
      if (choice.probe) choice.channel.breaker.releaseProbe();
      return false;
    }
    try {
      await sleep(clock, choice.waitMs, call.signal);
    } catch {
      if (choice.probe) choice.channel.breaker.releaseProbe();
      throw clientClosed();
    } finally {
      call.record.waitedMs += clock.monotonic() - since;
    }
    return true;
  };

  const keepDecision = (call: Call, found: Route, selection: Selection) => {
    const { record } = call;
    if (!call.options.explain && record.attempts.length === 1 && record.answeredBy) return;
    record.explain = true;
    record.decisions = [{ strategy: found.strategy, seed: 0, candidates: selection.explain(clock.now()) }];
  };

  return {
    async send(call) {
      const found = options.routes.find(call.model);
      if (!found)
        throw new GatewayError("model_not_found", `Model "${call.model}" does not exist.`, { param: "model" });
      retryBudget.callStarted();
      try {
        return await route(call, found);
      } finally {
        retryBudget.callEnded();
      }
    },
  };
}

function clientClosed(): GatewayError {
  return new GatewayError("client_closed", "The client closed the connection.");
}
