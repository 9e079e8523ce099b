import { afterEach, describe, expect, test } from "bun:test";
import type { CallRecord } from "../../src/canonical/record.ts";
import type { SimulatedFault } from "../../src/providers/simulated/faults.ts";
import { type Rig, rig } from "./support.ts";

let running: Rig | undefined;
afterEach(() => running?.stop());
const start: typeof rig = (...args) => {
  running = rig(...args);
  return running;
};

const tries = (record: CallRecord) =>
  record.attempts.map(({ target, key, reason, outcome }) => `${target.split("/")[0]}:${key} ${reason ?? outcome}`);

describe.each([true, false])("stream: %p", (stream) => {
  const MOVES_ON: [string, SimulatedFault, string[]][] = [
    ["500", { error: "server" }, ["a:key-1 server", "a:key-1 server", "b:key-1 ok"]],
    ["503", { error: "unavailable" }, ["a:key-1 server", "a:key-1 server", "b:key-1 ok"]],
    ["529", { error: "overloaded" }, ["a:key-1 server", "a:key-1 server", "b:key-1 ok"]],
    ["429 without a hint", { error: "rate_limited" }, ["a:key-1 rate_limited", "b:key-1 ok"]],
    [
      "429 with a long wait",
      { error: "rate_limited", retryAfter: { form: "seconds", ms: 60_000 } },
      ["a:key-1 rate_limited", "b:key-1 ok"],
    ],
    ["an empty account", { error: "insufficient_quota" }, ["a:key-1 rate_limited", "b:key-1 ok"]],
    ["401", { error: "invalid_key" }, ["a:key-1 auth", "b:key-1 ok"]],
    ["404 about the model", { error: "model_not_found" }, ["a:key-1 invalid", "b:key-1 ok"]],
    ["a reset", { connection: "reset" }, ["a:key-1 connection", "a:key-1 connection", "b:key-1 ok"]],
    ["silence", { connection: "silence" }, ["a:key-1 timeout", "b:key-1 ok"]],
    ["an HTML page with status 200", { body: "html" }, ["a:key-1 server", "a:key-1 server", "b:key-1 ok"]],
    ["an empty body", { body: "empty" }, ["a:key-1 server", "a:key-1 server", "b:key-1 ok"]],
    [
      "an error inside a 200",
      { errorEvent: { afterTokens: 0, error: "overloaded" } },
      ["a:key-1 server", "a:key-1 server", "b:key-1 ok"],
    ],
  ];
  test.each(MOVES_ON)("%s moves on to the next target, unseen by the client", async (_name, fault, expected) => {
    const { send } = start([{ name: "a", faults: fault }, { name: "b" }]);
    const { record, drain } = await send({ stream });
    expect(await drain()).toEqual({ text: "one two three four five from b" });
    expect(tries(record)).toEqual(expected);
    expect(record.answeredBy?.target).toBe("b/m");
  });

  const STAYS: [string, SimulatedFault, object][] = [
    ["a wrong request", { error: "invalid_request" }, { code: "invalid_request", status: 400, source: "client" }],
    ["a content filter", { error: "content_policy" }, { code: "content_filter", status: 400 }],
    [
      "a context too long, with no larger one",
      { error: "context_length" },
      { code: "context_length_exceeded", status: 400 },
    ],
  ];
  test.each(STAYS)("%s goes to the client after one attempt", async (_name, fault, expected) => {
    const { send, servers } = start([{ name: "a", faults: fault }, { name: "b" }]);
    await expect(send({ stream })).rejects.toMatchObject(expected);
    expect(servers["a"]!.requests).toHaveLength(1);
    expect(servers["b"]!.requests).toHaveLength(0);
  });

  test("a context too long goes to a target with a larger one, past one that is not", async () => {
    const { send } = start([{ name: "a", faults: { error: "context_length" } }, { name: "b" }, { name: "c" }], {
      contextTokensOf: { a: 8_000, b: 8_000, c: 128_000 },
    });
    const { record, drain } = await send({ stream });
    await drain();
    expect(tries(record)).toEqual(["a:key-1 context_length", "c:key-1 ok"]);
  });

  test("a refused key rests for later calls too", async () => {
    const { send, servers } = start([{ name: "a", keys: ["bad", "good"], accepts: ["good"] }]);
    const first = await send({ stream });
    await first.drain();
    expect(tries(first.record)).toEqual(["a:key-1 auth", "a:key-2 ok"]);
    for (let i = 0; i < 3; i++) await (await send({ stream })).drain();
    expect(servers["a"]!.requests).toHaveLength(5);
  });

  test("a short Retry-After is waited for, then the same key is used again", async () => {
    const { send } = start([
      { name: "a", script: [{ error: "rate_limited", retryAfter: { form: "retry-after-ms", ms: 150 } }, null] },
    ]);
    const since = performance.now();
    const { record, drain } = await send({ stream });
    await drain();
    expect(performance.now() - since).toBeGreaterThanOrEqual(150);
    expect(tries(record)).toEqual(["a:key-1 rate_limited", "a:key-1 ok"]);
  });

  test("a Retry-After heard by one call is obeyed by the next, which is not sent", async () => {
    const { send, servers } = start([
      { name: "a", faults: { error: "rate_limited", retryAfter: { form: "seconds", ms: 30_000 } } },
    ]);
    await expect(send({ stream })).rejects.toMatchObject({ code: "rate_limited", status: 429 });
    await expect(send({ stream })).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterMs: expect.closeTo(30_000, -4),
    });
    expect(servers["a"]!.requests).toHaveLength(1);
  });

  test("when every target fails the client gets one bounded error that names the last", async () => {
    const { send } = start([
      { name: "a", faults: { error: "server" } },
      { name: "b", faults: { error: "unavailable" } },
    ]);
    await expect(send({ stream })).rejects.toMatchObject({ code: "overloaded", status: 503 });
    await expect(send({ stream }, { fallback: false })).rejects.toMatchObject({ code: "upstream_error", status: 502 });
  });

  test("never more attempts than maxAttempts", async () => {
    const { send, servers } = start(
      ["a", "b", "c"].map((name) => ({ name, keys: ["1", "2", "3"], faults: { error: "rate_limited" } as const })),
      { retries: { perTarget: 2, waitForRetryAfterMs: 0, maxAttempts: 4 } },
    );
    await expect(send({ stream })).rejects.toMatchObject({ code: "rate_limited" });
    expect(Object.values(servers).reduce((sum, { requests }) => sum + requests.length, 0)).toBe(4);
  });

  test("the deadline spans all attempts", async () => {
    const { send } = start([
      { name: "a", faults: { connection: "silence" } },
      { name: "b", faults: { connection: "silence" } },
    ]);
    const since = performance.now();
    await expect(send({ stream }, { timeoutMs: 400 })).rejects.toMatchObject({ code: "upstream_timeout", status: 504 });
    expect(performance.now() - since).toBeLessThan(1_500);
  });

  test("a client that leaves cancels its upstream, starts no fallback and is held against nobody", async () => {
    const { send, servers, health } = start([{ name: "a", faults: { connection: "silence" } }, { name: "b" }], {
      timeouts: { connectMs: 5_000, idleMs: 5_000, totalMs: 5_000, firstTokenMs: 5_000, responseMs: 5_000 },
    });
    const client = new AbortController();
    const sent = send({ stream }, { signal: client.signal });
    while (servers["a"]!.requests.length === 0) await Bun.sleep(1);
    client.abort();
    await expect(sent).rejects.toMatchObject({ code: "client_closed" });
    expect(await servers["a"]!.requests[0]!.closed).toBe("peer");
    expect(servers["b"]!.requests).toHaveLength(0);
    expect(health.channel("a", "key-1", "m").breaker.consecutiveFailures()).toBe(0);
  });

  test("a key's provider list keeps fallbacks out too", async () => {
    const { send, servers } = start([{ name: "a", faults: { error: "server" } }, { name: "b" }]);
    const allows = (what: object) => !("provider" in what) || what.provider === "a";
    await expect(send({ stream }, { allows })).rejects.toMatchObject({ code: "upstream_error" });
    expect(servers["b"]!.requests).toHaveLength(0);
  });

  test("an open breaker spares the target while another is closed, and lets it back after one good call", async () => {
    const { send, servers, health } = start([{ name: "a", faults: { error: "server" } }, { name: "b" }]);
    for (let i = 0; i < 20; i++) await (await send({ stream })).drain();
    expect(servers["a"]!.requests.length).toBeLessThanOrEqual(6);
    servers["a"]!.setFaults(undefined);
    await Bun.sleep(350);
    const { record, drain } = await send({ stream });
    await drain();
    expect(record.answeredBy?.target).toBe("a/m");
    expect(health.channel("a", "key-1", "m").breaker.state(Date.now())).toBe("closed");
  });

  test("another dialect upstream answers a client of this one", async () => {
    const { send, servers } = start([
      { name: "a", faults: { error: "server" } },
      { name: "b", dialect: "anthropic-messages" },
    ]);
    const { record, drain } = await send({ stream });
    expect((await drain()).text).toBe("one two three four five from b");
    expect(record.usage).toMatchObject({ output: expect.any(Number) });
    expect(servers["b"]!.requests[0]!.path).toBe("/v1/messages");
  });
});

describe("streams", () => {
  test.each([
    ["cut before content", { cut: { afterTokens: 0, how: "rst" } } as SimulatedFault, "truncated"],
    ["nothing but a role, then silence", { stall: { afterTokens: 0 } } as SimulatedFault, "timeout"],
    ["a lone [DONE]", { body: "done-only" } as SimulatedFault, "server"],
  ])("%s: the fallback answers in silence", async (_name, faults, reason) => {
    const { send } = start([{ name: "a", faults }, { name: "b" }]);
    const { record, drain } = await send({ stream: true });
    expect((await drain()).text).toBe("one two three four five from b");
    expect(["connection", reason]).toContain(record.attempts[0]!.reason!);
  });

  test.each([
    ["reset", { cut: { afterTokens: 3, how: "rst" } } as SimulatedFault],
    ["ended in the middle of a chunk", { cut: { afterTokens: 3, how: "fin" } } as SimulatedFault],
    ["ended as if it were whole", { cut: { afterTokens: 3, how: "clean" } } as SimulatedFault],
    ["stalled", { stall: { afterTokens: 3 } } as SimulatedFault],
    ["broken by an error event", { errorEvent: { afterTokens: 3, error: "overloaded" } } as SimulatedFault],
  ])("%s after content is a failure, never a clean end", async (_name, faults) => {
    const { send, health } = start([{ name: "a", faults }]);
    const { record, drain } = await send({ stream: true });
    const { text, failure } = await drain();
    expect("one two three four five from a").toStartWith(text);
    expect(failure).toBeDefined();
    expect(record.attempts[0]).toMatchObject({ outcome: "failed" });
    expect(health.channel("a", "key-1", "m").inFlight).toBe(0);
  });

  test("a finish without [DONE] is a success", async () => {
    const { send } = start([{ name: "a", faults: { omit: ["done"] } }]);
    expect(await (await send({ stream: true })).drain()).toEqual({ text: "one two three four five from a" });
  });

  test("a finish without content is an answer", async () => {
    const { send } = start([{ name: "a", faults: { omit: ["content"] } }, { name: "b" }]);
    const { record, drain } = await send({ stream: true });
    expect(await drain()).toEqual({ text: "" });
    expect(record.answeredBy?.target).toBe("a/m");
  });

  test("a broken event in between loses only itself", async () => {
    const { send } = start([{ name: "a", faults: { malformedEvent: { afterTokens: 2 } } }]);
    expect(await (await send({ stream: true })).drain()).toEqual({ text: "one two three four five from a" });
  });

  test("slow but alive is no failure", async () => {
    const { send } = start([{ name: "a", faults: { tokenDelayMs: 120 } }]);
    expect((await (await send({ stream: true })).drain()).failure).toBeUndefined();
  });

  test("a reply that is dropped cancels its upstream", async () => {
    const { send, servers, health } = start([{ name: "a", faults: { stall: { afterTokens: 2 } } }], {
      timeouts: { connectMs: 5_000, idleMs: 5_000, totalMs: 5_000 },
    });
    const { reply, record } = await send({ stream: true });
    await reply.pieces.next();
    await reply.pieces.return?.();
    expect(await servers["a"]!.requests[0]!.closed).toBe("peer");
    expect(record.attempts[0]).toMatchObject({ outcome: "cancelled" });
    expect(health.channel("a", "key-1", "m").inFlight).toBe(0);
  });
});

describe("what a second look found", () => {
  test("an answer without stream that is cut is asked for once more at the same target", async () => {
    const { send } = start([{ name: "a", script: [{ cut: { atByte: 40, how: "rst" } }, null] }]);
    const { record, drain } = await send({ stream: false });
    expect((await drain()).text).toBe("one two three four five from a");
    expect(tries(record)).toEqual(["a:key-1 truncated", "a:key-1 ok"]);
  });

  test("a context too long goes to a target whose declared context is larger than the limit the upstream states", async () => {
    const { send } = start([{ name: "a", faults: { error: "context_length" } }, { name: "b" }], {
      contextTokensOf: { b: 1_000_000 },
    });
    const { record, drain } = await send({ stream: false });
    await drain();
    expect(tries(record)).toEqual(["a:key-1 context_length", "b:key-1 ok"]);
  });

  test("a half-open breaker's call without stream waits no longer than one with", async () => {
    const { send, servers, health } = start([{ name: "a", faults: { error: "server" } }, { name: "b" }], {
      timeouts: { connectMs: 5_000, idleMs: 5_000, totalMs: 20_000, firstTokenMs: 300, responseMs: 20_000 },
    });
    for (let i = 0; i < 6; i++) await (await send({ stream: false })).drain();
    servers["a"]!.setFaults({ connection: "silence" });
    await until(() => health.channel("a", "key-1", "m").breaker.state(Date.now()) === "half-open");
    const since = performance.now();
    const probed = await send({ stream: false });
    expect((await probed.drain()).text).toBe("one two three four five from b");
    expect(performance.now() - since).toBeLessThan(2_500);
    servers["a"]!.setFaults(undefined);
    await until(() => health.channel("a", "key-1", "m").breaker.state(Date.now()) === "half-open");
    const back = await send({ stream: false });
    expect((await back.drain()).text).toBe("one two three four five from a");
  });

  test("a spent quota without a known reset rests until the day turns", async () => {
    const { send, servers } = start([
      { name: "a", faults: { error: "insufficient_quota", retryAfter: { form: "seconds", ms: 1_000 } } },
    ]);
    const toMidnightMs = 86_400_000 - (Date.now() % 86_400_000);
    await expect(send({})).rejects.toMatchObject({
      code: "rate_limited",
      retryAfterMs: expect.closeTo(toMidnightMs, -5),
    });
    await expect(send({})).rejects.toMatchObject({
      message: expect.stringContaining("out of quota or credit. Try again in"),
    });
    expect(servers["a"]!.requests).toHaveLength(1);
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(5);
}

test.each([
  [{ max_tokens: 100 }, ["max_tokens"], 20],
  [{ max_completion_tokens: 100 }, ["max_completion_tokens"], 20],
  [{ max_tokens: 20 }, [], 20],
  [{}, [], 20],
])(
  "a gate that affords fewer output tokens than %j asks for is named in the warnings",
  async (body, warnings, sent) => {
    const { send, servers } = start([{ name: "a" }], { gates: [() => ({ maxOutputTokens: 20, settle() {} })] });
    const { record, drain } = await send({ stream: true, ...body });
    await drain();
    expect(record.warnings).toEqual(warnings);
    const { max_tokens, max_completion_tokens } = JSON.parse(Buffer.from(servers["a"]!.requests[0]!.body).toString());
    expect(max_tokens ?? max_completion_tokens).toBe(sent);
  },
);
