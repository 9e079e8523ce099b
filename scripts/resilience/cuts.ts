/**
 * Streams of every dialect cut at random bytes and continued in every dialect, read as the client of the first one
 * reads them: what came before the seam byte for byte, what comes after it written by the gateway.
 */
import type { Call } from "../../src/canonical/call.ts";
import type { ChatRequest, JsonObject } from "../../src/canonical/chat.ts";
import type { Deps } from "../../src/canonical/deps.ts";
import { openRecord } from "../../src/canonical/record.ts";
import type { Piece, Reply } from "../../src/canonical/reply.ts";
import { NO_USAGE } from "../../src/canonical/usage.ts";
import type { Dialect } from "../../src/dialects/dialect.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import type { ReplyContext } from "../../src/http/reply.ts";
import { encoderFor } from "../../src/http/reply-encoder.ts";
import { createProvider } from "../../src/providers/create.ts";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { WIRES } from "../../src/providers/simulated/simulated.ts";
import { VENDORS } from "../../src/providers/vendors.ts";
import { createHealth } from "../../src/router/health.ts";
import { createRouter, type RouterOptions } from "../../src/router/router.ts";
import { createRoutes } from "../../src/router/routes.ts";
import { type MemoryUpstream, memoryFetch } from "../../test/simulation/memory-fetch.ts";
import { collectingLog } from "../../test/support/collecting-log.ts";
import { seededRandom } from "../../test/support/seeded-random.ts";
import { simulatedClock } from "../../test/support/simulated-clock.ts";

/** Of many scripts, so that a cut falls inside characters too. */
export const ANSWER =
  "The quick brown fox jumps over the lazy dog, and then it rests under the old oak. Grüße aus Köln, 東京 and Ελλάδα — " +
  'a "quoted" word, a \\ backslash, two emoji 👩‍👩‍👧 🚀, and\na new line; the evening comes with 3.14 % of all the stars.';

export interface CutOutcome {
  source: string;
  target: string;
  /** Byte of the body at which it was cut; null: not at all. */
  atByte: number | null;
  /** As the client saw it. */
  text: string;
  finished: boolean;
  failed: boolean;
  /** The second upstream was asked to go on. */
  continued: boolean;
}

/** Models with a way of their own to go on; elsewhere any name will do. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  "anthropic-messages": ["claude-sonnet-4-5", "claude-opus-4-6"],
  "bedrock-converse": ["anthropic.claude-sonnet-4-5-v1:0", "m"],
};

/** A provider type that speaks the dialect; `openai-compatible` needs no vendor's address. */
function typeOf(dialect: string): string | undefined {
  if (dialect === "openai-chat") return "openai-compatible";
  return [...VENDORS.values()].find((vendor) => vendor.dialect === dialect && vendor.type !== "vertex")?.type;
}

/** Every dialect that has a provider and can be simulated. */
export const CUT_DIALECTS = DIALECTS.filter(
  ({ name }) => typeOf(name) !== undefined && WIRES.some((wire) => wire.name === name),
);

/** Length of the whole answer's stream. */
export async function streamBytes(source: Dialect): Promise<number> {
  const world = makeWorld(source, source, 1, {});
  await world.run();
  return world.upstreams.a.bodyBytes;
}

/** @param atByte null: not at all. */
export async function runCut(
  source: Dialect,
  target: Dialect,
  seed: number,
  atByte: number | null,
): Promise<CutOutcome> {
  const random = seededRandom(seed);
  const how = (["fin", "rst", "clean"] as const)[Math.floor(random() * 3)]!;
  const packets = random() < 0.5 ? { packetBytes: 1 + Math.floor(random() * 200) } : {};
  const { run, record } = makeWorld(source, target, seed, {
    ...packets,
    ...(atByte !== null && { cut: { atByte, how } }),
  });
  const seen = await run();
  const continued = record.attempts.some(({ kind }) => kind === "continuation");
  return { source: source.name, target: target.name, atByte, ...seen, continued };
}

/** Where a dialect's reply has so many parts that a whole simulation hangs, it must not hang the run. */
const MAX_TURNS = 2_000;
const TURN_MS = 500;

function makeWorld(source: Dialect, target: Dialect, seed: number, fault: SimulatedFault) {
  const clock = simulatedClock();
  const random = seededRandom(seed);
  const common = { requests: 0, bodyBytes: 0 };
  const a: MemoryUpstream = { options: { dialect: source.name, answer: ANSWER, strict: false }, fault, ...common };
  const b: MemoryUpstream = {
    options: { dialect: target.name, answer: ANSWER, continues: "repeats-tail", strict: false },
    ...common,
  };
  const deps: Deps = { clock, fetch: memoryFetch({ a, b }, clock), random, log: collectingLog().log };
  const spoken = { a: source.name, b: target.name };
  const names = Object.entries(spoken).map(([provider, dialect]) => {
    const models = MODELS[dialect] ?? ["m"];
    return { provider, model: models[seed % models.length]!, weight: 1 };
  });
  const providers = Object.entries(spoken).map(([name, dialect]) => {
    const type = typeOf(dialect)!;
    return createProvider({ name, type, baseUrl: `http://${name}`, keys: [KEY], region: "eu-west-1" }, deps);
  });
  const routes = createRoutes(
    [{ name: "test", strategy: "fallback", targets: names, fallbacks: [] }],
    new Set(["a", "b"]),
    () => undefined,
  );
  const router = createRouter({ ...OPTIONS, routes, providers }, createHealth(BREAKER, deps), deps);
  const call = callOf(source, clock);
  const run = async () => {
    let ended = false;
    const running = router
      .send(call)
      .then((reply) => read(reply, source, call, clock))
      .finally(() => {
        ended = true;
      });
    for (let turn = 0; !ended && turn < MAX_TURNS; turn++) await clock.advance(turn % 20 === 19 ? TURN_MS : 0);
    return running;
  };
  return { run, record: call.record, upstreams: { a, b } };
}

const KEY = { name: "key", secret: "key", weight: 1 };
const BREAKER = { consecutiveFailures: 5, failurePercent: 20, windowMs: 30_000, openMs: 5_000, maxOpenMs: 300_000 };
const OPTIONS: Omit<RouterOptions, "routes" | "providers"> = {
  timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 },
  retries: { perTarget: 0, waitForRetryAfterMs: 3_000, maxAttempts: 12 },
  fallbackOn: [],
  gates: [],
  continuation: "resume",
  maxQueueMs: 10_000,
  hedge: null,
  estimate: () => ({ ...NO_USAGE, input: 1, output: 1, estimated: true }),
  price: () => 7,
  contextTokens: () => undefined,
  isReasoningModel: () => false,
};

function callOf(dialect: Dialect, clock: Deps["clock"]): Call {
  const request: ChatRequest = {
    operation: "chat",
    dialect: dialect.name,
    model: "test",
    messages: [{ role: "user", content: "Tell me." }],
    stream: true,
  };
  const traits = { model: "test", vendor: "any", defaultMaxOutputTokens: 1_000 };
  const json = dialect.formatRequest(request, { traits, stream: true }).body as JsonObject;
  const path = { model: "test", stream: true };
  const record = openRecord({ id: "req_1", operation: "chat", dialect: dialect.name, path: "/" }, clock, []);
  return {
    id: "req_1",
    operation: "chat",
    dialect: dialect.name,
    principal: { kind: "anonymous", id: "t", name: "t", allows: () => true },
    model: "test",
    body: {
      bytes: new TextEncoder().encode(JSON.stringify(json)),
      json,
      facts: dialect.inspect(json, path),
      chat: () => dialect.parseRequest(json, path),
    },
    options: { fallback: true, explain: false },
    headers: {},
    signal: new AbortController().signal,
    record,
  };
}

/** Through the encoder that writes to sockets, and back with the dialect's own readers. */
async function read(reply: Reply, dialect: Dialect, call: Call, clock: Deps["clock"]) {
  const context = {
    dialect,
    facts: call.body.facts,
    record: call.record,
    exchange: { requestId: call.id, ports: { clock } },
  } as unknown as ReplyContext;
  const encoder = encoderFor(reply, context);
  const frames = dialect.frameReader();
  const events = dialect.eventReader();
  let text = "";
  let finished = false;
  let failed = false;
  const take = (bytes: Uint8Array | undefined) => {
    const pieces = bytes === undefined ? [] : frames.push(bytes);
    note(pieces);
  };
  const note = (pieces: readonly Piece[]) => {
    for (const piece of pieces) {
      if (piece.failure) failed = true;
      for (const event of events(piece)) {
        if (event.type === "text") text += event.text;
        if (event.type === "finish") finished = true;
      }
    }
  };
  for (;;) {
    const result = await reply.pieces.next();
    if (result.done) {
      take(encoder.end());
      note(frames.end());
      return { text, finished, failed };
    }
    if (result.value.failure) {
      failed = true;
      return { text, finished, failed };
    }
    take(encoder.write(result.value));
  }
}
