/**
 * A router whose upstreams and clock are simulated: no socket, no real time, everything from one seed. Upstreams are
 * functions that say what they answer and when; what they say reaches the router as a real `Response`.
 */
import type { Gate } from "../../src/canonical/attempt.ts";
import type { Call, CallOptions } from "../../src/canonical/call.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import { type Deps, type Fetch, type IsConnecting, sleep } from "../../src/canonical/deps.ts";
import type { Failure } from "../../src/canonical/errors.ts";
import { type CallRecord, openRecord } from "../../src/canonical/record.ts";
import { failed, type Reply, settleOnEnd } from "../../src/canonical/reply.ts";
import { NO_USAGE } from "../../src/canonical/usage.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { BreakerOptions } from "../../src/router/breaker.ts";
import { createHealth, type Health } from "../../src/router/health.ts";
import { createRouter, type RouterOptions } from "../../src/router/router.ts";
import { createRoutes, type RouteOptions } from "../../src/router/routes.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { type SimulatedClock, simulatedClock } from "../support/simulated-clock.ts";

export interface UpstreamRequest {
  provider: string;
  key: string;
  body: JsonObject;
  stream: boolean;
  /** Milliseconds of the simulated clock. */
  now: number;
  signal: AbortSignal;
}

export interface UpstreamAnswer {
  /** To the response head; Infinity: never. */
  headMs: number;
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Instead of tokens. */
  body?: JsonObject;
  /** The connection breaks instead of a head. */
  refused?: boolean;
  /** Texts, each so long after the one before. */
  tokens?: { text: string; afterMs: number }[];
  /** After the tokens: ends well, breaks, ends without a finish, or says nothing more. */
  end?: "finish" | "reset" | "silence" | "truncated";
}

export type Upstream = (request: UpstreamRequest) => UpstreamAnswer;

export interface WorldOptions extends Partial<Omit<RouterOptions, "routes" | "providers">> {
  seed?: number;
  upstreams: Record<string, { keys?: string[]; answer: Upstream }>;
  /** Default: `test`, all upstreams' model `m` in order. */
  routes?: RouteOptions[];
  breaker?: Partial<BreakerOptions>;
  isConnecting?: IsConnecting;
  /** Called at every request upstream, before it is answered. */
  onRequest?(request: UpstreamRequest): void;
}

export interface World {
  clock: SimulatedClock;
  health: Health;
  /** Resolves when the reply has ended, in simulated time: move the clock meanwhile. Never rejects. */
  call(options?: CallInput): Promise<Outcome>;
  /** Requests that reached upstreams, by call id. */
  requests: ReadonlyMap<string, UpstreamRequest[]>;
}

export interface CallInput {
  body?: JsonObject;
  stream?: boolean;
  options?: Partial<CallOptions>;
  signal?: AbortSignal;
  tenant?: string;
}

export interface Outcome {
  id: string;
  record: CallRecord;
  text: string;
  /** What the reply's own pieces told, after content. */
  failure?: Failure;
  /** What was thrown before it. */
  error?: string;
  retryAfterMs?: number;
  finished: boolean;
  startedMs: number;
  firstMs?: number;
  endedMs: number;
  /** Attempts that were still under way when the reply had ended. */
  stillRunning: number;
}

const encoder = new TextEncoder();

export function createWorld(options: WorldOptions): World {
  const { seed = 1, upstreams, breaker, isConnecting, onRequest, routes: givenRoutes, ...routerOptions } = options;
  const clock = simulatedClock();
  const random = seededRandom(seed);
  const requests = new Map<string, UpstreamRequest[]>();
  const fetch: Fetch = async (url, init) => {
    const provider = new URL(url).hostname;
    const body = JSON.parse(new TextDecoder().decode(init.body as Uint8Array)) as JsonObject;
    const key = new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? "";
    const signal = init.signal as AbortSignal;
    const request = { provider, key, body, stream: body["stream"] === true, now: clock.now(), signal };
    const id = String(body["user"]);
    requests.set(id, [...(requests.get(id) ?? []), request]);
    onRequest?.(request);
    return respond(upstreams[provider]!.answer(request), request, clock);
  };
  const deps: Deps = { clock, fetch, random, log: collectingLog().log, ...(isConnecting && { isConnecting }) };
  const providers = Object.entries(upstreams).map(([name, { keys = ["key"] }]) =>
    createProvider(
      {
        name,
        type: "openai-compatible",
        baseUrl: `http://${name}/v1`,
        keys: keys.map((secret) => ({ name: secret, secret, weight: 1 })),
      },
      deps,
    ),
  );
  const targets = Object.keys(upstreams).map((provider) => ({ provider, model: "m", weight: 1 }));
  const routes = createRoutes(
    givenRoutes ?? [{ name: "test", strategy: "fallback", targets, fallbacks: [] }],
    new Set(Object.keys(upstreams)),
    () => undefined,
  );
  const health = createHealth(
    { consecutiveFailures: 5, failurePercent: 20, windowMs: 30_000, openMs: 5_000, maxOpenMs: 300_000, ...breaker },
    deps,
  );
  const router = createRouter({ ...DEFAULTS, ...routerOptions, routes, providers }, health, deps);
  let calls = 0;

  return {
    clock,
    health,
    requests,
    async call(input = {}) {
      calls += 1;
      const call = callOf(`call-${calls}`, input, clock);
      const startedMs = clock.monotonic();
      const base = { id: call.id, record: call.record, startedMs };
      try {
        const reply = settleOnEnd(await router.send(call), () => {}, call.record);
        const drained = await drain(reply, clock, input.signal);
        return { ...base, ...drained, endedMs: clock.monotonic(), stillRunning: running(call.record) };
      } catch (thrown) {
        const outcome = failed(thrown);
        call.record.close(outcome);
        const retryAfterMs = (thrown as { retryAfterMs?: number }).retryAfterMs;
        const error = outcome.ok ? "" : outcome.code === "internal" ? `internal: ${thrown}` : outcome.code;
        return {
          ...base,
          text: "",
          finished: false,
          error,
          retryAfterMs,
          endedMs: clock.monotonic(),
          stillRunning: running(call.record),
        };
      }
    },
  };
}

const DEFAULTS: Omit<RouterOptions, "routes" | "providers"> = {
  timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 },
  retries: { perTarget: 2, waitForRetryAfterMs: 3_000, maxAttempts: 12 },
  fallbackOn: [],
  gates: [] as Gate[],
  continuation: "off",
  maxQueueMs: 10_000,
  hedge: null,
  estimate: (_call, text) => ({ ...NO_USAGE, input: 1, output: text.split(" ").length, estimated: true }),
  price: () => 7,
  contextTokens: () => undefined,
  isReasoningModel: () => false,
};

function running({ attempts }: CallRecord): number {
  return attempts.filter(({ outcome }) => outcome === "pending").length;
}

function callOf(
  id: string,
  { body = {}, stream = true, options, signal, tenant = "t" }: CallInput,
  clock: Deps["clock"],
) {
  const json: JsonObject = {
    model: "test",
    messages: [{ role: "user", content: "hi" }],
    stream,
    ...body,
    user: id,
  };
  const record = openRecord({ id, operation: "chat", dialect: "openai-chat", path: "/" }, clock, []);
  const call: Call = {
    id,
    operation: "chat",
    dialect: "openai-chat",
    principal: { kind: "anonymous", id: tenant, name: tenant, allows: () => true },
    model: String(json["model"]),
    body: {
      bytes: encoder.encode(JSON.stringify(json)),
      json,
      facts: openaiChat.inspect(json),
      chat: () => openaiChat.parseRequest(json),
    },
    options: { fallback: true, explain: false, ...options },
    headers: {},
    signal: signal ?? new AbortController().signal,
    record,
  };
  return call;
}

async function drain(reply: Reply, clock: Deps["clock"], signal: AbortSignal | undefined) {
  const read = reply.reader();
  let text = "";
  let firstMs: number | undefined;
  let failure: Failure | undefined;
  let finished = false;
  for (;;) {
    if (signal?.aborted) {
      await reply.pieces.return?.();
      return { text, failure, finished, firstMs };
    }
    const result = await reply.pieces.next();
    if (result.done) return { text, failure, finished, firstMs };
    failure ??= result.value.failure;
    if (result.value.failure) continue;
    firstMs ??= clock.monotonic();
    for (const event of read(result.value)) {
      if (event.type === "text") text += event.text;
      if (event.type === "finish") finished = true;
    }
  }
}

async function respond(answer: UpstreamAnswer, { stream, signal }: UpstreamRequest, clock: Deps["clock"]) {
  if (answer.headMs === Number.POSITIVE_INFINITY) await never(signal);
  if (answer.headMs > 0) await sleep(clock, answer.headMs, signal);
  if (signal.aborted) throw new DOMException("aborted", "AbortError");
  if (answer.refused) throw Object.assign(new Error("refused"), { code: "ConnectionRefused" });
  const { status = 200, headers = {}, tokens = [] } = answer;
  if (answer.body) return Response.json(answer.body, { status, headers });
  if (stream) {
    return new Response(streamOf(answer, signal, clock), {
      status,
      headers: { "content-type": "text/event-stream", ...headers },
    });
  }
  for (const { afterMs } of tokens) if (afterMs > 0) await sleep(clock, afterMs, signal);
  if (answer.end === "silence") await never(signal);
  if (answer.end === "reset" || answer.end === "truncated")
    throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
  return Response.json(whole(tokens.map(({ text }) => text).join("")), { status, headers });
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")), { once: true });
  });
}

function streamOf({ tokens = [], end = "finish" }: UpstreamAnswer, signal: AbortSignal, clock: Deps["clock"]) {
  let position = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const token = tokens[position];
      position += 1;
      try {
        if (token) {
          if (token.afterMs > 0) await sleep(clock, token.afterMs, signal);
          return controller.enqueue(chunk({ content: token.text }, null));
        }
        if (end === "silence") await never(signal);
        if (end === "reset") throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
        if (end === "finish") {
          controller.enqueue(chunk({}, "stop"));
          controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        }
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
  });
}

function chunk(delta: JsonObject, finish: string | null): Uint8Array {
  const json = {
    id: "c",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return encoder.encode(`data: ${JSON.stringify(json)}\n\n`);
}

function whole(content: string): JsonObject {
  return {
    id: "c",
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: content.length, total_tokens: 3 + content.length },
  };
}
