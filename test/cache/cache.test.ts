/** The stage as the pipeline uses it, with real threads and a real file. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { type Cache, type CacheStage, createCache } from "../../src/cache/cache.ts";
import type { CacheOptions, SemanticOptions } from "../../src/cache/settings.ts";
import type { Ask } from "../../src/canonical/ask.ts";
import type { Call, CallOptions } from "../../src/canonical/call.ts";
import type { ChatRequest } from "../../src/canonical/chat.ts";
import { GatewayError } from "../../src/canonical/errors.ts";
import { replay } from "../../src/canonical/events.ts";
import { openRecord } from "../../src/canonical/record.ts";
import type { Piece, Reply } from "../../src/canonical/reply.ts";
import { realClock } from "../../src/cli/real-deps.ts";
import { collectingLog } from "../support/collecting-log.ts";

let directory: string;
let cache: Cache;
let draw: () => number;
let verified: string[];
const log = collectingLog();
const noJudge: Ask = () => Promise.reject(new Error("nobody is asked here"));

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/evergate-cache-`);
  draw = () => 0.99;
  verified = [];
  cache = open();
});
afterEach(async () => {
  await cache.close();
  rmSync(directory, { recursive: true });
});

function open(): Cache {
  return createCache({
    clock: realClock,
    random: () => draw(),
    fetch: () => Promise.reject(new Error("no network")),
    log: log.log,
    directory,
    onVerified: (result) => verified.push(result),
  });
}

const EXACT: CacheOptions = {
  space: "",
  scope: "key",
  exact: { ttlMs: 60_000, maxBytes: 10_000_000 },
  semantic: null,
};
const semantic = (more: Partial<SemanticOptions>): CacheOptions => ({
  ...EXACT,
  semantic: {
    mode: "on",
    maxWrongPercent: 1,
    maxTemperature: 1,
    ttlMs: 60_000,
    maxEntries: 1_000,
    judge: null,
    ...more,
  },
});

async function stageOf(options: CacheOptions, ask = noJudge): Promise<CacheStage> {
  await cache.open();
  const stage = cache.stage({ optionsOf: () => options, comparesMeaning: options.semantic !== null, ask });
  while (options.semantic && (await cache.statistics())?.embedding !== "ready") await Bun.sleep(5);
  return stage;
}

let calls = 0;
function callOf(text: string, { key = "k", options = {} }: { key?: string; options?: Partial<CallOptions> } = {}) {
  const client = new AbortController();
  const id = `req_${++calls}`;
  const chat: ChatRequest = {
    operation: "chat",
    dialect: "openai-chat",
    model: "fast",
    stream: false,
    messages: [{ role: "user", content: text }],
  };
  const call: Call = {
    id,
    operation: "chat",
    dialect: "openai-chat",
    principal: { kind: "key", id: key, name: key, allows: () => true },
    model: "fast",
    body: {
      bytes: new Uint8Array(),
      json: {},
      facts: { model: "fast", stream: false, choices: 1, wantsUsage: false },
      chat: () => chat,
    },
    options: { fallback: true, explain: false, ...options },
    headers: {},
    signal: client.signal,
    record: openRecord({ id, operation: "chat", dialect: "openai-chat", path: "/" }, realClock, []),
  };
  return { call, client };
}

/** An upstream's whole answer; `onPull` runs when somebody reads it. */
function answer(call: Call, text: string): Reply {
  const finish = { unified: "stop", raw: "stop" } as const;
  const events = [
    ...replay({
      id: "a",
      model: "gpt-4o",
      choices: [{ index: 0, message: { role: "assistant", content: text }, finish }],
    }),
  ];
  call.record.answeredBy ??= { target: "p/gpt-4o", provider: "p", model: "gpt-4o" };
  call.record.costNanoUsd = 700;
  const pieces: Piece[] = [
    { mark: "content", events },
    { mark: "usage", events: [], costNanoUsd: 700 },
  ];
  return {
    dialect: "openai-chat",
    form: "stream",
    reader: () => (piece) => piece.events ?? [],
    pieces: {
      async next() {
        const value = pieces.shift();
        return value ? { done: false, value } : { done: true, value: undefined };
      },
      return: async () => ({ done: true, value: undefined }),
    },
  };
}

async function read(reply: Reply): Promise<{ text: string; costs: unknown[] }> {
  const reader = reply.reader();
  let text = "";
  const costs: unknown[] = [];
  for (let next = await reply.pieces.next(); !next.done; next = await reply.pieces.next()) {
    if (next.value.costNanoUsd !== undefined) costs.push(next.value.costNanoUsd);
    for (const event of reader(next.value)) if (event.type === "text") text += event.text;
  }
  return { text, costs };
}

/** One call as the pipeline makes it; `upstream` is what it would say. */
async function ask(stage: CacheStage, text: string, upstream: string, how: Parameters<typeof callOf>[1] = {}) {
  const { call } = callOf(text, how);
  const reply = await stage.share(
    call,
    async () => (await stage.find(call)) ?? stage.keep(call, answer(call, upstream)),
  );
  return { ...(await read(reply)), status: call.record.cache.status, id: call.id };
}

const learnt = async (count: number) => {
  while (verified.length < count) await Bun.sleep(2);
};
/** Answers are written in batches; what is asked here has been written. */
const written = () => cache.statistics();
const indexed = async (count: number) => {
  while (((await cache.statistics())?.spaces[0]?.indexedEntries ?? 0) < count) await Bun.sleep(5);
};

describe("equal calls", () => {
  test("ten thousand attempts across tenants hit nothing", async () => {
    const stage = await stageOf(EXACT);
    const questions = Array.from({ length: 100 }, (_, i) => `question ${i}`);
    for (const text of questions) await ask(stage, text, "secret of a", { key: "a" });
    let hits = 0;
    for (let tenant = 0; tenant < 100; tenant++)
      for (const text of questions) {
        const { call } = callOf(text, { key: `tenant ${tenant}` });
        if (await stage.find(call)) hits += 1;
      }
    expect(hits).toBe(0);
    expect((await ask(stage, questions[0]!, "", { key: "a" })).status).toBe("exact");
  }, 30_000);

  test("those that join pay nothing, and the leader may leave", async () => {
    const stage = await stageOf(EXACT);
    let produced = 0;
    const { promise: upstream, resolve } = Promise.withResolvers<void>();
    const begin = (call: Call) =>
      stage.share(call, async () => {
        const found = await stage.find(call);
        if (found) return found;
        produced += 1;
        await upstream;
        return stage.keep(call, answer(call, "shared"));
      });
    const leader = callOf("together");
    const led = begin(leader.call);
    const others = Array.from({ length: 5 }, () => callOf("together").call);
    const joined = others.map(begin);
    leader.client.abort();
    await expect(led).rejects.toMatchObject({ code: "client_closed" });
    resolve();
    for (const reply of joined) expect(await read(await reply)).toEqual({ text: "shared", costs: [0] });
    expect(produced).toBe(1);
    expect(others.map(({ record }) => record.cache.status)).toEqual(Array(5).fill("exact"));
    expect(others[0]!.record.answeredBy?.target).toBe("p/gpt-4o");
  });

  test("when their leaders fail they go their own way, not one after the other", async () => {
    const stage = await stageOf(EXACT);
    let produced = 0;
    const failing = (call: Call) =>
      stage.share(call, async () => {
        produced += 1;
        await Bun.sleep(1);
        throw new GatewayError("upstream_error", "down");
      });
    const all = Array.from({ length: 20 }, () => failing(callOf("down").call));
    expect((await Promise.allSettled(all)).every(({ status }) => status === "rejected")).toBe(true);
    // Two led one after the other, the rest all at once.
    expect(produced).toBe(20);
  });

  test("what is stored is served after a restart, and an expired answer is not", async () => {
    const stage = await stageOf(EXACT);
    await ask(stage, "kept", "first");
    await cache.close();
    cache = open();
    expect(await ask(await stageOf(EXACT), "kept", "second")).toMatchObject({ text: "first", status: "exact" });
    const short = await stageOf({ ...EXACT, exact: { ...EXACT.exact, ttlMs: 20 } });
    await ask(short, "short", "first");
    await Bun.sleep(25);
    expect(await ask(short, "short", "second")).toMatchObject({ text: "second", status: "miss" });
  });

  test("calls of our own are not cached", async () => {
    const stage = await stageOf(EXACT);
    await ask(stage, "judge me", "first");
    const { call } = callOf("judge me");
    call.origin = "cache-judge";
    expect(await stage.find(call)).toBeUndefined();
    expect(call.record.cache.status).toBe("off");
  });
});

describe("verified", () => {
  const options = semantic({ mode: "verified", maxWrongPercent: 20 });
  const pair = (i: number) => [`Please cancel order ${20_000 + i}`, `cancel the order ${20_000 + i}`] as const;

  /** Enough right ones that hits are served. */
  async function taught(): Promise<CacheStage> {
    const stage = await stageOf(options);
    for (let i = 0; i < 20; i++) {
      await ask(stage, pair(i)[0], "done");
      await written();
      draw = () => 0.01;
      expect((await ask(stage, pair(i)[1], "done")).status).toBe("miss");
      draw = () => 0.99;
      await learnt(i + 1);
    }
    return stage;
  }

  test("what was taught is served; a sample goes upstream and is compared", async () => {
    const stage = await taught();
    await ask(stage, pair(50)[0], "stored");
    await written();
    expect(await ask(stage, pair(50)[1], "fresh")).toMatchObject({ text: "stored", status: "semantic" });
    draw = () => 0.01;
    await ask(stage, pair(51)[0], "stored");
    await written();
    const sampled = await ask(stage, pair(51)[1], "stored");
    expect(sampled.status).toBe("miss");
    await learnt(21);
    expect(verified.at(-1)).toBe("right");
    expect(cache.explain(sampled.id)).toMatchObject({ verified: { same: true, by: "text" } });
  }, 30_000);

  test("when samples turn out wrong serving ends, and the log says so", async () => {
    const stage = await taught();
    draw = () => 0.01;
    for (let i = 60; !verified.includes("stopped"); i++) {
      const before = verified.length;
      await ask(stage, pair(i)[0], `the number is ${i}`);
      await written();
      await ask(stage, pair(i)[1], `the number is ${i + 1}`);
      await learnt(before + 1);
      await Bun.sleep(2);
      expect(i).toBeLessThan(75);
    }
    draw = () => 0.99;
    await ask(stage, pair(90)[0], "stored");
    await written();
    expect((await ask(stage, pair(90)[1], "fresh")).status).toBe("miss");
    expect(log.messages("warn").join()).toContain("serves nothing here any more");
  }, 30_000);

  test("evidence outlives the process", async () => {
    await taught();
    await cache.close();
    cache = open();
    const stage = await stageOf(options);
    await ask(stage, pair(70)[0], "stored");
    await written();
    expect((await ask(stage, pair(70)[1], "fresh")).status).toBe("semantic");
  }, 30_000);
});

describe("a judge in shadow", () => {
  test("is asked in the background about what the guards leave open, and its yes has evidence of its own", async () => {
    const asked: string[] = [];
    const yes: Ask = async (_model, messages) => {
      asked.push(messages[1]!.content);
      return { text: "YES", costNanoUsd: 0, requestId: "r" };
    };
    const judge = { model: "arbiter", timeoutMs: 100, origin: "cache-judge" };
    const stage = await stageOf(semantic({ mode: "shadow", judge }), yes);
    await ask(stage, "How do I reset my password?", "Use the link.");
    await indexed(1);
    const second = await ask(stage, "Password reset instructions", "Use the link.");
    expect(second).toMatchObject({ text: "Use the link.", status: "miss" });
    await learnt(1);
    expect(asked).toHaveLength(1);
    const { pools } = (await cache.statistics())!;
    expect(pools).toMatchObject([{ judged: true, verified: 1, wrong: 0 }]);
  });
});
