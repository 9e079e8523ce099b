/**
 * A gateway for the HTTP tests: the real server on a real socket, with a pipeline that gives the answers a test wants.
 * Record, settlement and dialects are the product's own.
 */
import { connect } from "node:net";
import type { Incoming, ReceivedBody } from "../../src/canonical/call.ts";
import type { Fetch } from "../../src/canonical/deps.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import type { ReplyEvent } from "../../src/canonical/events.ts";
import { type CallRecord, openRecord } from "../../src/canonical/record.ts";
import { failed, type Piece, type Reply, settleOnEnd } from "../../src/canonical/reply.ts";
import type { SsoConfig } from "../../src/config/config.ts";
import type { Holder, HttpPorts, HttpSettings, ModelEntry } from "../../src/http/ports.ts";
import { type HttpServer, listen } from "../../src/http/server.ts";
import { createSignInFailures } from "../../src/http/sso/failures.ts";
import { createPendingSignIns } from "../../src/http/sso/pending.ts";
import { identityProviders } from "../../src/http/sso/providers.ts";
import { createSessions } from "../../src/http/sso/sessions.ts";
import type { AuditEntry } from "../../src/store/ports.ts";
import { createSeal, MASTER_KEY_BYTES } from "../../src/store/seal.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { memorySessions } from "./memory-sessions.ts";

export const KEY = "eg_valid";
const TOKENS: Record<string, Holder> = {
  "admin-token": { role: "admin", name: "admin token" },
  "viewer-token": { role: "viewer", name: "session of a viewer" },
  "team-token": { role: "team", team: "search", name: "session of a team" },
  "metrics-token": { role: "metrics", name: "metrics token" },
};

type Answer = (incoming: Incoming, record: CallRecord, body: ReceivedBody) => Reply | Promise<Reply>;

export interface StandInOptions {
  /** What the pipeline answers once it has read the body. */
  answer?: Answer;
  settings?: Partial<HttpSettings>;
  ports?: Partial<HttpPorts>;
  sso?: Partial<SsoConfig>;
  publicUrl?: string;
  /** Default: one that the system chooses. */
  port?: number;
  /** How identity providers are reached. */
  fetch?: Fetch;
}

const NO_SSO: SsoConfig = { google: null, github: null, oidc: null, roles: [] };

export function standIn(options: StandInOptions = {}) {
  const clock = simulatedClock();
  const log = collectingLog();
  const calls: Incoming[] = [];
  const closed: CallRecord[] = [];
  const settled: string[] = [];
  const sessions = memorySessions();
  const ways = identityProviders({ ...NO_SSO, ...options.sso }, { clock, log: log.log, fetch: options.fetch ?? fetch });
  const audited: AuditEntry[] = [];
  const audit = { append: async (entry: AuditEntry) => void audited.push(entry) };
  const settings: HttpSettings = {
    maxBodyBytes: 100_000,
    metricsOpen: false,
    corsOrigins: [],
    trustedProxies: [],
    secureCookies: false,
    ...options.settings,
  };
  const ports: HttpPorts = {
    clock,
    log: log.log,
    version: "0.0.0-test",
    async serve(incoming) {
      calls.push(incoming);
      const record = openRecord({ ...pick(incoming), id: incoming.requestId }, clock, [(r) => closed.push(r)]);
      incoming.record = record;
      try {
        ports.authenticate(incoming.credential, incoming.remoteAddress);
        incoming.options();
        const body = await incoming.read();
        const reply = await (options.answer ?? (() => wholeReply("openai-chat", CHAT_ANSWER)))(incoming, record, body);
        return settleOnEnd(reply, (outcome) => settled.push(outcome.ok ? "ok" : outcome.code), record);
      } catch (error) {
        record.close(failed(error));
        throw error;
      }
    },
    models: directory([
      { id: "fast", ownedBy: "evergate", createdSeconds: 1_700_000_000 },
      { id: "openai/gpt-4o", ownedBy: "openai", createdSeconds: 1_700_000_001 },
      { id: "secret/model", ownedBy: "secret", createdSeconds: 1_700_000_002 },
    ]),
    responses: { get: async () => undefined, inputItems: async () => undefined, delete: async () => false },
    feedback: { put: async () => {}, reportWrong: async () => false },
    admin: {
      simulated: () => false,
      requiresKey: () => true,
      requests: { append: async () => {}, list: async () => ({ data: [], next: null }), get: async () => null },
      live: () => () => {},
      stats: async ({ fromMs, toMs }) => ({ grain: "hour", fromMs, toMs, rows: [] }),
      attempts: async ({ fromMs, toMs }) => ({ grain: "hour", fromMs, toMs, rows: [] }),
      targets: () => [],
      setDrained: async () => false,
      config: () => ({ server: { port: 4000 } }),
      checkConfig: async () => [],
      reload: async () => [],
      access: NO_ACCESS,
      routing: { list: () => [], get: nothing, create: nothing, update: nothing, delete: nothing },
      audit: { list: async () => ({ data: [], next: null }) },
      budgets: { list: async () => [], reset: async () => undefined, release: async () => undefined },
      usage: async () => [],
      alerts: { rules: () => [], list: async () => ({ data: [], next: null }), test: async () => {} },
      evals: {
        scores: async () => [],
        list: async () => ({ data: [], next: null }),
        feedback: async () => [],
        said: async () => ({ data: [], next: null }),
        counts: () => ({ scored: 0, failed: 0, dropped: 0 }),
      },
      cache: {
        statistics: async () => undefined,
        explain: () => undefined,
        count: async () => 0,
        purge: async () => 0,
      },
    },
    sso: {
      sessions: createSessions([], { store: sessions, clock, log: log.log, basisOf: () => "as ever" }),
      failures: createSignInFailures(clock, audit),
      pending: createPendingSignIns(clock, createSeal(new Uint8Array(MASTER_KEY_BYTES))),
      providers: () => ways.list,
      roleFor: (provider, identity) => ways.roleFor(provider, identity),
      publicUrl: () => options.publicUrl ?? null,
      audit,
    },
    roleOf: (token) => (token === undefined ? undefined : TOKENS[token]),
    authenticate(credential) {
      if (credential !== KEY) throw new GatewayError("invalid_api_key", "The API key is missing or not valid.");
      return { id: "key_1", allows: ({ model }) => model !== "secret/model" };
    },
    metrics: async (openMetrics) => ({
      contentType: openMetrics ? "application/openmetrics-text" : "text/plain; version=0.0.4",
      body: "evergate_build_info 1\n",
    }),
    readiness: () => "ready",
    settings: () => settings,
    ...options.ports,
  };
  const server = listen(ports, { host: "127.0.0.1", port: options.port ?? 0 });
  return { ports, server, clock, log, calls, closed, settled, audited, sessions, settings, ...clientOf(server) };
}

/** For tests that are not about keys: there are none. See admin-access.ts for those that are. */
const NO_ACCESS: HttpPorts["admin"]["access"] = {
  stored: () => ({ keys: [], teams: [], customers: [], keysWereMade: false }),
  list: () => [],
  get: nothing,
  create: nothing,
  update: nothing,
  delete: nothing,
  rotate: nothing,
};

function nothing(): never {
  throw new GatewayError("not_found", "There is nothing here.");
}

export type StandIn = ReturnType<typeof standIn>;

function pick({ operation, dialect, path, remoteAddress }: Incoming) {
  return { operation, dialect, path, remoteAddress };
}

function directory(models: ModelEntry[]): HttpPorts["models"] {
  return {
    list: () => models,
    get: (name) => models.find(({ id }) => id === name),
    mayUse(name, allows) {
      const [provider, model] = name.split("/");
      return allows({ model: name }) && (model === undefined || allows({ provider: provider!, model }));
    },
    nearest: (name) => models.find(({ id }) => id[0] === name[0])?.id,
  };
}

function clientOf(server: HttpServer) {
  const base = `http://127.0.0.1:${server.port}`;
  const url = (path: string) => base + path;
  return {
    url,
    get: (path: string, headers: Record<string, string> = {}) => fetch(url(path), { headers }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(url(path), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${KEY}`, ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    raw: (text: string | Uint8Array, until: RegExp | "close" = "close") => rawExchange(server.port, text, until),
    /** Ends the server; hanging calls are cut. */
    stop: () => server.drain(0),
  };
}

/** Writes bytes to a socket and resolves with what came back once it matches or the server has closed. */
function rawExchange(port: number, text: string | Uint8Array, until: RegExp | "close"): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (data) => {
      received += data.toString("latin1");
      if (until !== "close" && until.test(received)) socket.destroy();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", (error) => (received === "" ? reject(error) : resolve(received)));
    socket.write(text);
  });
}

export const CHAT_REQUEST = { model: "fast", messages: [{ role: "user", content: "Hello" }] };
export const MESSAGES_REQUEST = { model: "fast", max_tokens: 64, messages: [{ role: "user", content: "Hello" }] };

export const CHAT_ANSWER = {
  id: "chatcmpl-7",
  object: "chat.completion",
  created: 1_700_000_000,
  model: "gpt-4o-2024-08-06",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  unknown_field: { kept: 1.0 },
};

/** The same answer as canonical events. */
export const EVENTS: readonly ReplyEvent[] = [
  { type: "start", id: "chatcmpl-7", model: "gpt-4o-2024-08-06", createdSeconds: 1_700_000_000 },
  { type: "text", choice: 0, part: 0, text: "Hi" },
  { type: "text", choice: 0, part: 0, text: "." },
  { type: "finish", choice: 0, reason: { unified: "stop", raw: "stop" } },
  { type: "usage", usage: { input: 5, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 2, reasoning: 0 } },
];

const UTF8 = new TextEncoder();

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const fields = {
    id: "chatcmpl-7",
    object: "chat.completion.chunk",
    created: 1_700_000_000,
    model: "gpt-4o",
    choices,
  };
  return `data: ${JSON.stringify(fields)}\n\n`;
}

/** A streamed OpenAI answer as an upstream writes it. */
export const CHAT_FRAMES = [
  chunk({ role: "assistant", content: "" }),
  chunk({ content: "Hi" }),
  chunk({ content: "." }),
  chunk({}, "stop"),
  "data: [DONE]\n\n",
];

export function wholeReply(dialect: string, body: unknown): Reply {
  const bytes = UTF8.encode(typeof body === "string" ? body : JSON.stringify(body));
  return replyOf(dialect, "whole", [{ mark: "finish", bytes }]);
}

/** A stream as received, one piece a frame. */
export function frameReply(frames: readonly string[], dialect = "openai-chat"): Reply {
  return replyOf(
    dialect,
    "stream",
    frames.map((frame) => ({ mark: "content" as const, bytes: UTF8.encode(frame) })),
  );
}

/** A reply in some other dialect: known by its events only. */
export function eventReply(form: Reply["form"], events: readonly ReplyEvent[] = EVENTS, dialect = "other"): Reply {
  const pieces: Piece[] =
    form === "whole" ? [{ mark: "finish", events }] : events.map((event) => ({ mark: "content", events: [event] }));
  return replyOf(dialect, form, pieces);
}

export interface WatchedReply extends Reply {
  returned(): number;
  pulled(): number;
}

/** `then` is awaited before each piece after the first: a promise that never resolves is a silent upstream. */
export function replyOf(
  dialect: string,
  form: Reply["form"],
  pieces: readonly Piece[],
  then: () => Promise<void> = async () => {},
): WatchedReply {
  let at = 0;
  let returned = 0;
  return {
    dialect,
    form,
    pieces: {
      async next() {
        if (at > 0) await then();
        const value = pieces[at++];
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      async return() {
        returned += 1;
        return { done: true, value: undefined };
      },
    },
    reader: () => (piece) => piece.events ?? [],
    returned: () => returned,
    pulled: () => at,
  };
}

/** Data lines of a server-sent event stream. */
export function dataOf(stream: string): string[] {
  return [...stream.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]!);
}

/** Resolves once `condition` holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}
