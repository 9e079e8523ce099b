/**
 * The composition root: one configuration and the parts that outlive it become a gateway. The only file that knows
 * every part; each part gets the slice of configuration it exports a type for.
 */

import type { Budgets } from "./budget/budgets.ts";
import { createPricing } from "./budget/pricing.ts";
import type { Cache } from "./cache/cache.ts";
import { createAsk } from "./canonical/asking.ts";
import type { Target } from "./canonical/attempt.ts";
import type { Call, Incoming } from "./canonical/call.ts";
import type { Clock, Deps } from "./canonical/deps.ts";
import { GatewayError } from "./canonical/errors.ts";
import type { Policy } from "./canonical/policy.ts";
import { type CallRecord, openRecord, type RecordSink } from "./canonical/record.ts";
import type { Reply } from "./canonical/reply.ts";
import { accessOptionsOf } from "./config/access-options.ts";
import { resolveBare } from "./config/bare.ts";
import { cacheOptionsOf, internalId, judgeKeys } from "./config/cache-options.ts";
import type { BareRoutes, Config, ModelConfig } from "./config/config.ts";
import { type Governed, governedBy } from "./config/governed.ts";
import { type LayeredAccess, layerAccess, type StoredAccess } from "./config/layered-access.ts";
import { evalKeys } from "./config/resolve-observe.ts";
import type { Conversations } from "./conversations/conversations.ts";
import { modelDirectory } from "./http/model-directory.ts";
import type { HttpSettings, ModelDirectory, TargetStatus } from "./http/ports.ts";
import { type Stages, serve } from "./pipeline.ts";
import { type Access, createAccess } from "./policies/access.ts";
import { isLoopback } from "./policies/address-ranges.ts";
import { createConcurrency, type Running } from "./policies/concurrency.ts";
import type { Counters } from "./policies/counters.ts";
import { endUser } from "./policies/end-user.ts";
import type { Share } from "./policies/idempotency.ts";
import type { LimitLevelsOf } from "./policies/limit-levels.ts";
import { createRateLimit } from "./policies/rate-limit.ts";
import { createProvider } from "./providers/create.ts";
import { createBoundedProvider } from "./providers/create-bounded.ts";
import { createFetchMedia } from "./providers/media/fetch-media.ts";
import { isReasoningModel } from "./providers/reasoning-models.ts";
import type { Health } from "./router/health.ts";
import { createRouter, type RouterOptions } from "./router/router.ts";
import { createRoutes, type RouteOptions, type Routes } from "./router/routes.ts";
import { setDrained, targetStatuses } from "./router/status.ts";
import type { ContentKeeper } from "./telemetry/content/keep-content.ts";
import { createEvals, type EvalDeps } from "./telemetry/evals/evals.ts";
import { formatTraceparent } from "./telemetry/trace/traceparent.ts";
import { createTracing } from "./telemetry/trace/tracing.ts";

/** What evals write to and tell; the rest of their parts is the gateway's own. */
export type EvalParts = Pick<EvalDeps, "store" | "counts" | "onScore">;

/** What outlives a configuration: made once per process, handed to every gateway that a reload builds. */
export interface Lasting {
  deps: Deps;
  health: Health;
  share: Share;
  budgets: Budgets;
  /** Open wherever the configuration caches anything. Absent: nothing is cached, whatever it says. */
  cache?: Cache;
  /** What limits have counted. */
  limits: { counters: Counters; running: Running };
  sinks: readonly RecordSink[];
  /** Absent: no response is stored, and none can be continued. */
  conversations?: Conversations;
  /** Absent: no content is stored, whatever the configuration says. */
  contents?: Pick<ContentKeeper, "watch">;
  /** Absent: no answer is judged, whatever the configuration says. */
  evals?: EvalParts;
  /** What was made by API, as it is now. */
  storedAccess(): StoredAccess;
  /** Usage of an answer whose upstream gave none. */
  estimate: RouterOptions["estimate"];
  /** New calls are refused; those under way go on. */
  draining?(): boolean;
  /** Epoch seconds of the process start: the creation time of models. */
  startedSeconds: number;
  /** Of this program, for traces. */
  version: string;
}

export interface Gateway {
  readonly config: Config;
  serve(incoming: Incoming): Promise<Reply>;
  authenticate: Access["identify"];
  /** Keys, teams and customers in force. */
  access(): LayeredAccess;
  /** Takes over what was made by API since: from the next call on it counts. */
  accessChanged(): void;
  models: ModelDirectory;
  targets(): TargetStatus[];
  /** Takes a target (`provider/model`) out of service or puts it back; false when there is no such target. */
  setDrained(target: string, drained: boolean): boolean;
  /** Budgets and limits in force. */
  governed(): Governed;
  readonly httpSettings: HttpSettings;
  /** Calls whose reply has not ended. */
  inFlight(): number;
  /** Gives up what this configuration alone owns. Called when its last call has ended. */
  close(): Promise<void>;
}

/** Throws GatewayError("invalid_request") when a part refuses its slice, with the setting as `param`. */
export function createGateway(
  config: Config,
  {
    deps,
    health,
    share,
    budgets,
    limits,
    sinks,
    contents,
    conversations,
    cache,
    estimate,
    startedSeconds,
    version,
    storedAccess,
    evals: judging,
    draining,
  }: Lasting,
): Gateway {
  const providers = config.providers.map(({ origin, ...settings }) => {
    const options = { ...settings, baseUrl: settings.baseUrl ?? undefined };
    return origin === "api"
      ? createBoundedProvider(options, deps, config.server.allowPrivateNetwork)
      : createProvider(options, deps);
  });
  const routes = createRoutes(
    routesOf(config.models),
    new Set(providers.map(({ name }) => name)),
    bareResolver(config.bareRoutes),
  );
  const pricing = createPricing(config.pricing);
  let layered = layerAccess(config, storedAccess());
  const access = createAccess(accessOptionsOf(layered), deps.clock);
  const models = modelDirectory(config, routes, startedSeconds);
  const { timeouts, retries, fallbackOn } = config.resilience;
  const govern = () =>
    governedBy({ ...layered, keys: [...layered.keys, ...judgeKeys(config), ...evalKeys(config, internalId)] });
  let governed = govern();
  const types = new Map(providers.map(({ name, type }) => [name, type]));
  const priced = ({ provider, model }: Target) => ({ provider, type: types.get(provider) ?? "", model });
  const tracing = config.telemetry.otlp
    ? createTracing({ ...config.telemetry.otlp, version, providerType: (name) => types.get(name) }, deps)
    : undefined;
  const allSinks = tracing ? [...sinks, tracing.sink] : sinks;
  const budgetGate = budgets.gate({
    levels: () => governed.budgets,
    rates: (target) => pricing.rates(priced(target), deps.clock.now()),
    contextTokens: (target) => pricing.contextTokens(priced(target)),
  });
  const router = createRouter(
    {
      routes,
      providers,
      timeouts,
      retries,
      fallbackOn,
      maxQueueMs: config.server.maxQueueMs,
      hedge: config.resilience.hedge,
      continuation: config.resilience.continuation,
      gates: [budgetGate],
      estimate,
      price: (provider, model, usage) =>
        pricing.price({ provider: provider.name, type: provider.type, model }, usage, deps.clock.now()),
      contextTokens: (provider, model) =>
        pricing.contextTokens({ provider: provider.name, type: provider.type, model }),
      isReasoningModel,
      ...(config.media.fetch && { fetchMedia: createFetchMedia(config.media, deps) }),
    },
    health,
    deps,
  );

  let running = 0;
  const countRunning: Policy = ({ record }) => {
    running += 1;
    record.steps.identifiedMs = deps.clock.monotonic() - record.startedAt;
    return () => {
      running -= 1;
    };
  };
  const limitsOf: LimitLevelsOf = (principal, user) => governed.limits(principal, user);
  const cached = cacheOptionsOf(config);
  const ask = createAsk((incoming) => serve(ownCalls, incoming), deps);
  const stage = cached && cache?.stage({ ...cached, ask });
  const evals =
    judging && config.evals.length > 0 ? createEvals(config.evals, { ...deps, ...judging, ask }) : undefined;
  // Equal calls in flight are joined after a client's own repeats.
  const shared: Stages["share"] = stage ? (call, produce) => share(call, () => stage.share(call, produce)) : share;
  const stages: Stages = {
    observe(incoming) {
      const record = openRecord(recordInit(incoming), deps.clock, allSinks);
      incoming.record = record;
      if (tracing) record.trace = tracing.begin(incoming.headers["traceparent"]);
      return record;
    },
    async identify(incoming, record) {
      if (draining?.()) throw new GatewayError("shutting_down", SHUTTING_DOWN, { retryAfterMs: RETRY_ELSEWHERE_MS });
      const call = await identify(incoming, record, { access, routes, models });
      return conversations ? conversations.expand(call) : call;
    },
    // Slots first: they go back by themselves when the next one refuses.
    policies: [
      countRunning,
      createConcurrency(limitsOf, limits.running),
      createRateLimit(limitsOf, limits.counters, deps.clock),
      ({ record }) => {
        record.steps.admittedMs = deps.clock.monotonic() - record.startedAt;
        return undefined;
      },
    ],
    // Every client's own answer is kept, also one that was made for somebody else's equal call.
    share: conversations
      ? async (call, produce) => conversations.keep(call, await shared(call, produce), config.responses.keepDays)
      : shared,
    cache: tracing ? timed(stage ?? NO_CACHE, deps.clock) : (stage ?? NO_CACHE),
    router: evals ? { send: async (call) => evals.watch(call, await router.send(call)) } : router,
  };
  const ownCalls: Stages = {
    ...stages,
    identify: identifyOwn,
    policies: [countRunning],
    share: (_call, produce) => produce(),
    cache: NO_CACHE,
    router,
  };

  return {
    config,
    serve: withContent((incoming) => serve(stages, incoming), config, contents),
    authenticate: access.identify,
    access: () => layered,
    accessChanged() {
      layered = layerAccess(config, storedAccess());
      access.replace(accessOptionsOf(layered));
      governed = govern();
    },
    models,
    governed: () => governed,
    targets: () => targetStatuses(routes, providers, health, deps.clock.now()),
    setDrained: (target, drained) => setDrained({ target, drained }, routes, providers, health, deps.clock.now()),
    httpSettings: {
      maxBodyBytes: config.server.maxBodyBytes,
      get metricsOpen() {
        return metricsOpen(config, layered);
      },
      corsOrigins: config.server.corsOrigins,
      trustedProxies: config.server.trustedProxies,
      secureCookies: config.server.tls !== null || (config.server.publicUrl?.startsWith("https:") ?? false),
    },
    inFlight: () => running,
    async close() {
      await evals?.close();
      await tracing?.close();
      await Promise.all(providers.map((provider) => provider.close?.()));
    },
  };
}

const SHUTTING_DOWN = "The gateway is shutting down and takes no new calls.";
/** Whatever balances the load, or starts the next process, is quick. */
const RETRY_ELSEWHERE_MS = 1_000;

/** Serves as before where nothing is stored. */
function withContent(serve: Gateway["serve"], { telemetry }: Config, contents: Lasting["contents"]): Gateway["serve"] {
  const { store } = telemetry.content;
  return contents && store !== "off" ? (incoming) => contents.watch(store, incoming, serve) : serve;
}

function recordInit({ requestId, operation, dialect, path }: Incoming) {
  return { id: requestId, operation, dialect, path };
}

/** Who, what and where to. What is known is put on the record as soon as it is, so that a refusal shows it too. */
async function identify(
  incoming: Incoming,
  record: CallRecord,
  { access, routes, models }: { access: Access; routes: Routes; models: ModelDirectory },
): Promise<Call> {
  const principal = access.identify(incoming.credential, incoming);
  const { id, name, kind, team, customer } = principal;
  record.principal = { id, name, kind, team, customer };
  const options = incoming.options();
  record.explain = options.explain;
  record.session = options.session;
  record.tags = principal.tags || options.tags ? { ...principal.tags, ...options.tags } : undefined;
  const body = await incoming.read();
  const { model, stream, user } = body.facts;
  record.model = model;
  record.stream = stream;
  record.user = options.user ?? endUser(user);
  if (!routes.find(model)) throw unknownModel(model, models);
  if (!principal.allows({ model })) {
    throw new GatewayError("model_not_allowed", `This key may not use model "${model}".`, { param: "model" });
  }
  const { operation, dialect, signal, requestId } = incoming;
  const { trace } = record;
  // The caller's trace goes on upstream, with this call as the parent.
  const headers = trace ? { ...incoming.headers, traceparent: formatTraceparent(trace) } : incoming.headers;
  return {
    id: requestId,
    operation,
    dialect,
    principal,
    user: record.user,
    model,
    body,
    options,
    headers,
    signal,
    record,
  };
}

/** A call that the gateway makes itself. Who caused it may not be allowed its model: the operator chose it. */
async function identifyOwn(incoming: Incoming, record: CallRecord): Promise<Call> {
  const { operation, dialect, headers, signal, requestId, origin = "internal" } = incoming;
  const principal = { kind: "internal", id: internalId(origin), name: origin, allows: () => true } as const;
  const { id, name, kind } = principal;
  record.principal = { id, name, kind };
  const options = incoming.options();
  const body = await incoming.read();
  const { model, stream } = body.facts;
  record.model = model;
  record.stream = stream;
  return { id: requestId, operation, dialect, principal, model, body, options, headers, signal, record, origin };
}

function unknownModel(model: string, models: ModelDirectory): GatewayError {
  const close = models.nearest(model);
  const hint = close ? ` Did you mean "${close}"?` : " GET /v1/models lists what exists.";
  return new GatewayError("model_not_found", `Model "${model}" does not exist.${hint}`, { param: "model" });
}

/** Without a `cache` block nothing is looked up or kept. */
const NO_CACHE: Stages["cache"] = {
  async find(call) {
    if (call.options.cache === "only")
      throw new GatewayError("not_cached", "No cache is configured, so nothing is cached.");
    return undefined;
  },
  keep: (_call, reply) => reply,
};

/** Notes when the look-up was over, for the trace. */
function timed(cache: Stages["cache"], clock: Clock): Stages["cache"] {
  return {
    async find(call) {
      try {
        return await cache.find(call);
      } finally {
        call.record.steps.cachedMs = clock.monotonic() - call.record.startedAt;
      }
    },
    keep: cache.keep,
  };
}

function routesOf(models: readonly ModelConfig[]): RouteOptions[] {
  return models.map(({ name, strategy, targets, fallbacks, timeouts, affinity, continuation, contextTokens }) => ({
    name,
    strategy,
    targets,
    fallbacks,
    timeouts,
    affinity,
    continuation,
    contextTokens,
  }));
}

/** Zero configuration: which targets serve a bare model name. */
function bareResolver(bare: BareRoutes | null): (model: string) => RouteOptions | undefined {
  return (name) => {
    const found = bare && resolveBare(bare, name);
    return found ? routesOf([found])[0] : undefined;
  };
}

/** Without a token only where everything else is open too: on loopback, as long as no key was made. */
function metricsOpen({ telemetry, server }: Config, { require, keys }: LayeredAccess): boolean {
  return telemetry.metrics.public || (isLoopback(server.host) && require === "none" && keys.length === 0);
}
