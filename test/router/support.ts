/** A router over simulated providers on real sockets: what every router test needs. */
import type { Call, CallOptions, Principal } from "../../src/canonical/call.ts";
import type { JsonObject } from "../../src/canonical/chat.ts";
import type { Deps } from "../../src/canonical/deps.ts";
import { type CallRecord, openRecord } from "../../src/canonical/record.ts";
import type { Piece, Reply } from "../../src/canonical/reply.ts";
import { NO_USAGE } from "../../src/canonical/usage.ts";
import { realClock } from "../../src/cli/real-deps.ts";
import { openaiChat } from "../../src/dialects/openai-chat/openai-chat.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { type SimulatedServer, startSimulated } from "../../src/providers/simulated/simulated.ts";
import { createHealth } from "../../src/router/health.ts";
import { createRouter, type RouterOptions } from "../../src/router/router.ts";
import { createRoutes, type RouteOptions } from "../../src/router/routes.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { seededRandom } from "../support/seeded-random.ts";

export interface UpstreamSpec {
  name: string;
  keys?: string[];
  faults?: SimulatedFault;
  script?: (SimulatedFault | null)[];
  dialect?: "openai-chat" | "anthropic-messages";
  /** Keys it accepts. */
  accepts?: string[];
  answer?: string;
  /** Name at the provider; default `m`. */
  model?: string;
}

export interface Rig {
  servers: Record<string, SimulatedServer>;
  send(
    body?: JsonObject,
    options?: Partial<CallOptions> & { signal?: AbortSignal; allows?: Principal["allows"] },
  ): Promise<Sent>;
  stop(): void;
  health: ReturnType<typeof createHealth>;
}

export interface Sent {
  record: CallRecord;
  reply: Reply;
  /** Everything the reply gave, pulled to its end. */
  drain(): Promise<{ text: string; failure?: Piece["failure"] }>;
}

type RigOptions = Partial<Omit<RouterOptions, "routes" | "providers">> & {
  routes?: RouteOptions[];
  contextTokensOf?: Record<string, number>;
};

export function rig(upstreams: UpstreamSpec[], options: RigOptions = {}): Rig {
  const deps: Deps = {
    clock: realClock,
    fetch: (url, init) => fetch(url, init),
    random: seededRandom(1),
    log: collectingLog().log,
  };
  const servers: Record<string, SimulatedServer> = {};
  const providers = upstreams.map(({ name, keys, faults, script, dialect = "openai-chat", accepts, answer }) => {
    const server = startSimulated(
      { name, faults, script, dialect, keys: accepts, answer: answer ?? `one two three four five from ${name}` },
      deps,
    );
    servers[name] = server;
    const anthropic = dialect === "anthropic-messages";
    return createProvider(
      {
        name,
        type: anthropic ? "anthropic" : "openai-compatible",
        baseUrl: anthropic ? server.url : `${server.url}/v1`,
        keys: (keys ?? ["k"]).map((secret, index) => ({ name: `key-${index + 1}`, secret, weight: 1 })),
      },
      deps,
    );
  });
  const targets = upstreams.map(({ name, model = "m" }) => ({ provider: name, model, weight: 1 }));
  const routes = createRoutes(
    options.routes ?? [{ name: "test", strategy: "fallback", targets, fallbacks: [] }],
    new Set(providers.map(({ name }) => name)),
    () => undefined,
  );
  const health = createHealth(
    { consecutiveFailures: 5, failurePercent: 20, windowMs: 30_000, openMs: 300, maxOpenMs: 300_000 },
    deps,
  );
  const router = createRouter(
    {
      timeouts: { connectMs: 5_000, idleMs: 300, totalMs: 5_000, firstTokenMs: 300, responseMs: 300 },
      retries: { perTarget: 2, waitForRetryAfterMs: 400, maxAttempts: 12 },
      fallbackOn: [],
      gates: [],
      continuation: "off",
      maxQueueMs: 1_000,
      hedge: null,
      estimate: (_call, text) => ({ ...NO_USAGE, output: text.split(" ").length, estimated: true }),
      price: () => 7,
      contextTokens: (provider) => options.contextTokensOf?.[provider.name],
      isReasoningModel: () => false,
      ...options,
      routes,
      providers,
    },
    health,
    deps,
  );
  return {
    servers,
    health,
    stop: () => {
      for (const server of Object.values(servers)) server.stop();
    },
    async send(body = {}, { signal, allows, ...callOptions } = {}) {
      const call = callOf(
        { model: "test", messages: [{ role: "user", content: "hi" }], ...body },
        callOptions,
        signal,
        allows,
      );
      const reply = await router.send(call).catch((error) => {
        throw Object.assign(error, { record: call.record });
      });
      return { record: call.record, reply, drain: () => drain(reply) };
    },
  };
}

const encoder = new TextEncoder();

function callOf(
  json: JsonObject,
  options: Partial<CallOptions>,
  signal?: AbortSignal,
  allows: Principal["allows"] = () => true,
): Call {
  const record = openRecord({ id: "req_1", operation: "chat", dialect: "openai-chat", path: "/" }, realClock, []);
  return {
    id: record.id,
    operation: "chat",
    dialect: "openai-chat",
    principal: { kind: "anonymous", id: "anonymous", name: "anonymous", allows },
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
}

async function drain(reply: Reply): Promise<{ text: string; failure?: Piece["failure"] }> {
  const read = reply.reader();
  let text = "";
  let failure: Piece["failure"];
  for (;;) {
    const result = await reply.pieces.next();
    if (result.done) return { text, failure };
    failure ??= result.value.failure;
    if (result.value.failure) continue;
    for (const event of read(result.value)) if (event.type === "text") text += event.text;
  }
}
