import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { createEmbedder, type EmbedderOptions, type EmbeddingThread } from "../../../src/cache/embedding/embedder.ts";
import type { FromWorker, ToWorker } from "../../../src/cache/embedding/protocol.ts";
import { spawnEmbeddingWorker } from "../../../src/cache/embedding/spawn.ts";
import type { Clock } from "../../../src/canonical/deps.ts";

/** A clock that stands until told. */
function handClock() {
  let now = 0;
  const due: { at: number; callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after(ms, callback) {
      const entry = { at: now + ms, callback };
      due.push(entry);
      return () => void due.splice(0, due.length, ...due.filter((other) => other !== entry));
    },
  };
  const advance = (ms: number) => {
    now += ms;
    for (const entry of due.filter(({ at }) => at <= now)) {
      due.splice(due.indexOf(entry), 1);
      entry.callback();
    }
  };
  return { clock, advance, pending: () => due.length };
}

/** A thread which answers only when told. */
function scriptedThread() {
  const sent: ToWorker[] = [];
  let say: (message: FromWorker) => void = () => {};
  let die: (reason: string) => void = () => {};
  const state = { starts: 0, stopped: false };
  const thread: EmbeddingThread = {
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      say = listener;
    },
    onDeath: (listener) => {
      die = listener;
    },
    stop: () => {
      state.stopped = true;
    },
  };
  const spawn = () => {
    state.starts += 1;
    return thread;
  };
  const answer = (id: number) => say({ id, vector: new Float32Array([id]), pieces: 3 });
  const texts = () =>
    sent.flatMap((message) => (typeof message !== "string" && "embed" in message ? [message.embed.text] : []));
  return { spawn, sent, texts, state, answer, say: (m: FromWorker) => say(m), die: (reason: string) => die(reason) };
}

function setUp(options: Partial<EmbedderOptions> = {}) {
  const time = handClock();
  const thread = scriptedThread();
  const lines: string[] = [];
  const embedder = createEmbedder({
    clock: time.clock,
    log: (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    libraryDirectory: "/nowhere",
    timeoutMs: 100,
    maxQueue: 2,
    spawn: thread.spawn,
    ...options,
  });
  return { ...time, thread, lines, embedder };
}

test("the worker starts with the first text, once", async () => {
  const { embedder, thread } = setUp();
  expect(thread.state.starts).toBe(0);
  expect(embedder.state()).toBe("idle");
  const first = embedder.embed("a");
  void embedder.embed("b");
  expect(thread.state.starts).toBe(1);
  thread.say({ ready: true });
  thread.answer(1);
  expect(await first).toEqual({ vector: new Float32Array([1]), pieces: 3 });
  expect(embedder.state()).toBe("ready");
});

test("one text at a time goes to the worker; who gave up waiting costs it nothing", async () => {
  const { embedder, thread, advance } = setUp();
  const first = embedder.embed("a");
  thread.say({ ready: true });
  advance(60);
  const second = embedder.embed("b");
  advance(50);
  expect(await first).toBeUndefined();
  expect(thread.texts()).toEqual(["a"]);
  const third = embedder.embed("c");
  advance(60);
  expect(await second).toBeUndefined();
  thread.answer(1);
  expect(thread.texts()).toEqual(["a", "c"]);
  thread.answer(3);
  expect((await third)?.vector).toEqual(new Float32Array([3]));
});

test("a worker that is slow to start makes a miss, not a slow call", async () => {
  const { embedder, thread, advance, pending } = setUp();
  const early = embedder.embed("a");
  advance(100);
  expect(await early).toBeUndefined();
  expect(pending()).toBe(0);
  thread.say({ ready: true });
  const later = embedder.embed("b");
  thread.answer(2);
  expect(await later).toBeDefined();
});

test("behind a full queue a text is refused at once", async () => {
  const { embedder, thread } = setUp();
  const kept = [embedder.embed("a"), embedder.embed("b")];
  expect(await embedder.embed("c")).toBeUndefined();
  thread.say({ ready: true });
  thread.answer(1);
  thread.answer(2);
  expect((await Promise.all(kept)).map((r) => r?.vector[0])).toEqual([1, 2]);
});

test("a text that cannot be embedded is a miss; the next one is served", async () => {
  const { embedder, thread, lines } = setUp();
  const bad = embedder.embed("a");
  const good = embedder.embed("b");
  thread.say({ ready: true });
  thread.say({ id: 1, error: "odd" });
  thread.answer(2);
  expect(await bad).toBeUndefined();
  expect(await good).toBeDefined();
  expect(lines).toHaveLength(1);
});

test("vectors of recent texts are remembered, the oldest forgotten", async () => {
  const { embedder, thread } = setUp({ maxRemembered: 2 });
  for (const [index, text] of ["a", "b", "c"].entries()) {
    const waiting = embedder.embed(text);
    if (index === 0) thread.say({ ready: true });
    thread.answer(index + 1);
    await waiting;
  }
  expect((await embedder.embed("c"))?.vector[0]).toBe(3);
  expect((await embedder.embed("b"))?.vector[0]).toBe(2);
  expect(thread.texts()).toEqual(["a", "b", "c"]);
  void embedder.embed("a");
  expect(thread.texts()).toEqual(["a", "b", "c", "a"]);
});

test.each([
  ["fails to load", (thread: ReturnType<typeof scriptedThread>) => thread.say({ failed: "no library" })],
  ["dies", (thread: ReturnType<typeof scriptedThread>) => thread.die("no library")],
])("a worker that %s switches embedding off with one line, and nobody waits", async (_, breakIt) => {
  const { embedder, thread, lines, pending } = setUp();
  const waiting = embedder.embed("a");
  breakIt(thread);
  breakIt(thread);
  expect(await waiting).toBeUndefined();
  expect(await embedder.embed("b")).toBeUndefined();
  expect(await embedder.warm()).toBe(false);
  expect(embedder.state()).toBe("off");
  expect(thread.state).toEqual({ starts: 1, stopped: true });
  expect(lines).toEqual([expect.stringMatching(/^error The embedding model does not run here.*no library/)]);
  expect(pending()).toBe(0);
});

test("a thread that cannot be made switches embedding off", async () => {
  const { embedder, lines } = setUp({
    spawn: () => {
      throw new Error("no threads");
    },
  });
  expect(await embedder.embed("a")).toBeUndefined();
  expect(lines).toHaveLength(1);
});

test("closing is silent and answers who still waits", async () => {
  const { embedder, lines } = setUp();
  const waiting = embedder.embed("a");
  embedder.close();
  expect(await waiting).toBeUndefined();
  expect(lines).toEqual([]);
});

test("the real worker embeds, and its sudden end is noticed", async () => {
  const lines: string[] = [];
  const after: Clock["after"] = () => () => {};
  const clock = { ...handClock().clock, after };
  const embedder = createEmbedder({ clock, log: (_, m) => lines.push(m), libraryDirectory: tmpdir() });
  expect(await embedder.warm()).toBe(true);
  const found = await embedder.embed("What is the capital of France?");
  expect(found?.pieces).toBe(9);
  expect(found?.vector[0]).toBeCloseTo(0.0788, 3);
  embedder.close();

  const thread = spawnEmbeddingWorker();
  const { promise, resolve } = Promise.withResolvers<string>();
  thread.onDeath(resolve);
  // Embedding before the start is a fault inside the worker's handler: its answer is an error, it lives on.
  const { promise: said, resolve: hear } = Promise.withResolvers<FromWorker>();
  thread.onMessage(hear);
  thread.send({ embed: { id: 7, text: "too early" } });
  expect(await said).toMatchObject({ id: 7, error: expect.any(String) });
  // A message of no known shape kills it.
  thread.send(undefined as unknown as ToWorker);
  expect(await promise).not.toBe("");
});

test("closing in the middle of the work lets that finish: taken away, its thread would end the process", async () => {
  const clock = { ...handClock().clock, after: () => () => {} };
  const options = { clock, log: () => {}, libraryDirectory: tmpdir() };
  for (const started of [false, true, true]) {
    const embedder = createEmbedder(options);
    const warm = embedder.warm();
    if (started) await warm;
    const waiting = embedder.embed("what takes a while to read ".repeat(40));
    await embedder.close();
    expect(await waiting).toBeUndefined();
    expect(embedder.state()).toBe("off");
  }
});
