/** The one fetch, against a provider that fails over real sockets: every end is a value of the right class. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import type { Piece } from "../../src/canonical/reply.ts";
import { anthropicMessages } from "../../src/dialects/anthropic-messages/anthropic-messages.ts";
import {
  callUpstream,
  type UpstreamFailure,
  type UpstreamReply,
  type UpstreamRequest,
} from "../../src/providers/call.ts";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { startSimulated } from "../../src/providers/simulated/simulated.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { simulatedClock } from "../support/simulated-clock.ts";

const SECRET = "sk-ant-very-secret";
const answer = "one two three four five 🙂six";
const clock = simulatedClock();
const deps = { clock, fetch };
const server = startSimulated({ answer }, { clock, random: seededRandom(1) });
afterAll(server.stop);
afterEach(() => server.setFaults(undefined));

function requestOf(stream: boolean, changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  const body = { model: "m", max_tokens: 100, stream, messages: [{ role: "user", content: "Hi" }] };
  return {
    url: `${server.url}/v1/messages?key=${SECRET}`,
    headers: { "x-api-key": SECRET, "anthropic-version": "2023-06-01", "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(body)),
    dialect: anthropicMessages,
    vendor: "anthropic",
    stream,
    signal: new AbortController().signal,
    ...changes,
  };
}

function replied(result: UpstreamReply | UpstreamFailure): UpstreamReply {
  if ("failure" in result) throw new Error(`failed: ${result.failure.message}`);
  return result;
}

async function drain(reply: UpstreamReply): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for (let result = await reply.pieces.next(); !result.done; result = await reply.pieces.next())
    pieces.push(result.value);
  return pieces;
}

const bytesOf = (pieces: readonly Piece[]) =>
  Buffer.concat(pieces.map(({ bytes }) => bytes ?? new Uint8Array(0))).toString();

/** The text of the reply, by the dialect's own reader. */
function textOf(pieces: readonly Piece[]): string {
  const read = anthropicMessages.eventReader();
  return pieces
    .flatMap((piece) => piece.events ?? read(piece))
    .map((event) => (event.type === "text" ? event.text : ""))
    .join("");
}

async function run(stream: boolean, fault: SimulatedFault, changes: Partial<UpstreamRequest> = {}) {
  server.setFaults(fault);
  const result = await callUpstream(requestOf(stream, changes), deps);
  if ("failure" in result) return { failure: result.failure, pieces: [], form: undefined, limits: result.limits };
  const pieces = await drain(result);
  return { failure: pieces.at(-1)?.failure, pieces, form: result.form };
}

describe("an answer", () => {
  test("streams in the upstream's own bytes", async () => {
    const { pieces, form, failure } = await run(true, {});
    expect(failure).toBeUndefined();
    expect(form).toBe("stream");
    expect(textOf(pieces)).toBe(answer);
    expect(bytesOf(pieces)).toStartWith("event: message_start\n");
    expect(pieces.findLast((piece) => piece.usage)?.usage?.output).toBe(6);
    expect(pieces.findLast((piece) => piece.finish)?.finish?.unified).toBe("stop");
  });
  test.each(["chunked", "content-length", "close"] as const)("is one piece when whole, %s", async (framing) => {
    const { pieces, form } = await run(false, { framing });
    expect(form).toBe("whole");
    expect(pieces).toHaveLength(1);
    expect(JSON.parse(bytesOf(pieces)).content[0].text).toBe(answer);
    expect(textOf(pieces)).toBe(answer);
    expect(pieces[0]).toMatchObject({ mark: "content", usage: { output: 6 }, finish: { unified: "stop" } });
  });
  test("is known by its bytes, whatever its label says", async () => {
    const mislabelled = await run(true, { contentType: "application/json" });
    expect(mislabelled).toMatchObject({ form: "stream", failure: undefined });
    expect(textOf(mislabelled.pieces)).toBe(answer);
    const asStream = await run(false, { contentType: "text/event-stream" });
    expect(asStream).toMatchObject({ form: "whole", failure: undefined });
    expect(textOf(asStream.pieces)).toBe(answer);
  });
  test("may have the other form than asked for", async () => {
    server.setFaults({});
    const wholeForStream = replied(await callUpstream({ ...requestOf(false), stream: true }, deps));
    expect(textOf(await drain(wholeForStream))).toBe(answer);
    const streamForWhole = replied(await callUpstream({ ...requestOf(true), stream: false }, deps));
    expect(textOf(await drain(streamForWhole))).toBe(answer);
  });
  test.each<SimulatedFault>([
    { lineEnd: "crlf" },
    { noSpace: true, comments: true },
    { packetBytes: 1 },
    { packetBytes: 3, lineEnd: "crlf", framing: "content-length" },
    { malformedEvent: { afterTokens: 2 } },
    { omit: ["done"] },
  ])("is whole with %o", async (fault) => {
    const { pieces, failure } = await run(true, fault);
    expect(failure).toBeUndefined();
    expect(textOf(pieces)).toBe(answer);
  });
  test("with an event of 300 kB is whole", async () => {
    const { pieces, failure } = await run(true, { hugeEventBytes: 300_000 });
    expect(failure).toBeUndefined();
    expect(textOf(pieces)).toHaveLength(300_000 + answer.length - 3);
  });
  test("sends exactly the bytes and headers it was given, uncompressed by agreement alone", async () => {
    const body = new TextEncoder().encode(
      '{ "model":"m","max_tokens":1e1, "messages":[{"role":"user","content":"Hi"}] }',
    );
    await run(false, {}, { body });
    expect(server.requests.at(-1)!.body).toEqual(body);
    expect(server.requests.at(-1)!.headers).toMatchObject({ "x-api-key": SECRET, "anthropic-version": "2023-06-01" });
  });
});

describe("a failure before the answer", () => {
  test.each<[string, SimulatedFault, object]>([
    ["reset", { connection: "reset" }, { class: "connection" }],
    ["closed", { connection: "close" }, { class: "connection" }],
    ["no HTTP", { connection: "garbage" }, { class: "malformed" }],
    ["429", { error: "rate_limited" }, { class: "rate_limited", status: 429 }],
    ["401", { error: "invalid_key" }, { class: "auth", status: 401 }],
    ["empty balance", { error: "insufficient_quota" }, { class: "quota_exhausted", status: 400 }],
    ["context", { error: "context_length" }, { class: "context_length", status: 400 }],
    ["404", { error: "model_not_found" }, { class: "model_not_found", status: 404 }],
    ["500", { error: "server" }, { class: "server", status: 500 }],
    ["503", { error: "unavailable" }, { class: "overloaded", status: 503 }],
    ["529", { error: "overloaded" }, { class: "overloaded", status: 529 }],
  ])("%s", async (_, fault, expected) => {
    for (const stream of [true, false]) expect((await run(stream, fault)).failure).toMatchObject(expected);
  });
  test("nobody listening", async () => {
    const { failure } = await run(true, {}, { url: `http://127.0.0.1:1/v1?key=${SECRET}` });
    expect(failure).toEqual({ class: "connection", message: "The upstream refused the connection (ECONNREFUSED)." });
  });
  test("no such host", async () => {
    const { failure } = await run(true, {}, { url: "http://nowhere.invalid/v1" });
    expect(failure).toMatchObject({ class: "connection" });
    expect(failure!.message).not.toContain("nowhere");
  });
  test.each([
    ["seconds", 3000],
    ["date", 3000],
    ["retry-after-ms", 3000],
    ["anthropic-reset", 3000],
  ] as const)("the wait told as %s", async (form, ms) => {
    const { failure, limits } = await run(true, { error: "rate_limited", retryAfter: { form, ms } });
    expect(failure!.retryAfterMs).toBe(ms);
    expect(limits!.retryAfterMs).toBe(ms);
  });
});

describe("a failure with status 200", () => {
  test.each<[string, SimulatedFault, string]>([
    ["HTML", { body: "html" }, "malformed"],
    ["HTML labelled as an answer", { body: "html", contentType: "application/json" }, "malformed"],
    ["an empty body", { body: "empty" }, "malformed"],
    ["broken JSON", { body: "broken-json" }, "malformed"],
    ["an error in the band", { errorEvent: { afterTokens: 0, error: "overloaded" } }, "overloaded"],
  ])("%s, stream or not", async (_, fault, expected) => {
    for (const stream of [true, false]) {
      const { failure, pieces } = await run(stream, fault);
      expect(failure?.class).toBe(expected as never);
      expect(pieces).toHaveLength(1);
    }
  });
  test("a stream of nothing but its last frame is malformed", async () => {
    expect((await run(true, { body: "done-only" })).failure?.class).toBe("malformed");
  });
  test.each<[string, SimulatedFault]>([
    ["an end without finish", { omit: ["finish", "done"] }],
    ["a clean cut", { cut: { afterTokens: 3, how: "clean" } }],
    ["FIN", { cut: { afterTokens: 3, how: "fin" } }],
    ["RST", { cut: { afterTokens: 3, how: "rst" } }],
    ["a cut inside a chunk", { cut: { atByte: 700, how: "fin" } }],
    ["an end of the connection that ends the body", { cut: { atByte: 700, how: "fin" }, framing: "close" }],
  ])("a stream broken by %s is truncated", async (_, fault) => {
    const { failure } = await run(true, fault);
    expect(failure?.class).toBe("truncated");
  });
  test("what came before the cut is delivered", async () => {
    const { pieces } = await run(true, { cut: { afterTokens: 3, how: "fin" } });
    expect(textOf(pieces)).toBe("one two three");
  });
  test("a reset after the finish harms nobody", async () => {
    const { failure, pieces } = await run(true, {
      omit: ["done"],
      framing: "content-length",
      cut: { atByte: 1e6, how: "rst" },
    });
    expect(failure).toBeUndefined();
    expect(textOf(pieces)).toBe(answer);
  });
  test("a cut whole answer: by whether anything of it had come", async () => {
    expect((await run(false, { cut: { atByte: 40, how: "rst" } })).failure?.class).toBe("truncated");
    expect((await run(false, { cut: { atByte: 0, how: "fin" } })).failure?.class).toBe("connection");
    expect((await run(true, { cut: { atByte: 0, how: "fin" } })).failure?.class).toBe("connection");
  });
  test("an error after tokens ends the pieces", async () => {
    const { failure, pieces } = await run(true, { errorEvent: { afterTokens: 2 } });
    expect(failure?.class).toBe("overloaded");
    expect(textOf(pieces.slice(0, -1))).toBe("one two");
  });
});

describe("no words of a failure hold a secret or an address", () => {
  test.each<SimulatedFault>([
    { connection: "reset" },
    { connection: "garbage" },
    { body: "html" },
    { cut: { atByte: 0, how: "rst" } },
    { cut: { afterTokens: 1, how: "rst" } },
  ])("%o", async (fault) => {
    for (const stream of [true, false]) {
      const { failure } = await run(stream, fault);
      expect(failure!.message).not.toMatch(/sk-ant|127\.0\.0\.1|http:|verbose/);
    }
  });
});

describe("giving up", () => {
  const beforeAnswer = async (fault: SimulatedFault) => {
    server.setFaults(fault);
    const abort = new AbortController();
    const known = server.requests.at(-1);
    const pending = callUpstream(requestOf(true, { signal: abort.signal }), deps);
    await arrived(() => server.requests.at(-1) !== known);
    return { abort, pending, request: server.requests.at(-1)! };
  };
  test("before the head closes the connection and is a value", async () => {
    const { abort, pending, request } = await beforeAnswer({ connection: "silence" });
    const since = performance.now();
    abort.abort(new Error("why"));
    expect(await pending).toMatchObject({ failure: { class: "timeout" } });
    expect(await request.closed).toBe("peer");
    expect(performance.now() - since).toBeLessThan(1000);
  });
  test("while waiting for a token closes the connection and is a value", async () => {
    const { abort, pending, request } = await beforeAnswer({ stall: { afterTokens: 2 } });
    const { pieces } = replied(await pending);
    const seen: Piece[] = [];
    while (!textOf(seen).includes("two")) seen.push((await pieces.next()).value!);
    const next = pieces.next();
    abort.abort();
    expect((await next).value?.failure?.class).toBe("timeout");
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
    expect(await request.closed).toBe("peer");
  });
  test("by return() closes the connection, also when nothing was pulled", async () => {
    const { pending, request } = await beforeAnswer({ stall: { afterTokens: 2 } });
    const { pieces } = replied(await pending);
    await pieces.return?.();
    expect(await request.closed).toBe("peer");
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });
  test("after the end leaves the socket to the next call", async () => {
    const abort = new AbortController();
    await run(true, {}, { signal: abort.signal });
    const first = server.requests.at(-1)!;
    abort.abort();
    await run(true, {});
    expect(server.requests.at(-1)!.connection).toBe(first.connection);
  });
});

describe("sockets that were kept alive", () => {
  /** Answers the first request of every connection; the second one finds the connection reset. */
  const flaky = Bun.listen<{ answered: boolean }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { answered: false };
      },
      data(socket) {
        if (socket.data.answered) return void socket.terminate();
        socket.data.answered = true;
        const body = JSON.stringify({ type: "error", error: { type: "api_error", message: "x" } });
        socket.write(
          `HTTP/1.1 500 X\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        );
      },
    },
  });
  afterAll(() => flaky.stop(true));
  const url = `http://127.0.0.1:${flaky.port}/v1/messages`;
  const once = async (changes: Partial<UpstreamRequest>) => {
    const result = await callUpstream(requestOf(true, { url, ...changes }), deps);
    return (result as UpstreamFailure).failure;
  };
  test("a stale one is told from a dead upstream, and a fresh connection helps", async () => {
    const answeredOrigins = new Set<string>();
    expect(await once({ answeredOrigins })).toMatchObject({ class: "server" });
    expect(await once({ answeredOrigins })).toMatchObject({ class: "connection", staleSocket: true });
    expect(await once({ answeredOrigins })).toMatchObject({ class: "server" });
    expect(await once({ answeredOrigins, freshConnection: true })).toMatchObject({ class: "server" });
  });
  test("an upstream that never answered has none", async () => {
    const { failure } = await run(true, { connection: "reset" }, { answeredOrigins: new Set() });
    expect(failure?.staleSocket).toBeUndefined();
    const fresh = await run(true, { connection: "reset" }, { freshConnection: true });
    expect(fresh.failure?.staleSocket).toBeUndefined();
  });
});

test("redirects are not followed", async () => {
  let followed = false;
  const target = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      followed = true;
      return new Response("{}");
    },
  });
  const redirecting = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(null, { status: 307, headers: { location: `http://127.0.0.1:${target.port}/steal` } }),
  });
  const { failure } = await run(true, {}, { url: `http://127.0.0.1:${redirecting.port}/` });
  expect(failure).toMatchObject({ class: "malformed", status: 307 });
  expect(followed).toBe(false);
  await Promise.all([target.stop(true), redirecting.stop(true)]);
});

test("bodies are bounded: an error answer is cut, an answer refused", async () => {
  const endless = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const status = new URL(request.url).pathname === "/error" ? 500 : 200;
      const chunk = new Uint8Array(4 * 1024 * 1024).fill(0x20);
      chunk[0] = 0x7b;
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }), { status });
    },
  });
  const at = (path: string) => ({ url: `http://127.0.0.1:${endless.port}${path}` });
  expect((await run(true, {}, at("/error"))).failure).toMatchObject({ class: "server", status: 500 });
  expect((await run(true, {}, at("/"))).failure).toEqual({
    class: "malformed",
    message: "The upstream's answer is too large.",
  });
  await endless.stop(true);
});

/** Sockets need a few turns of the event loop; nothing here waits for a time. */
async function arrived(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
