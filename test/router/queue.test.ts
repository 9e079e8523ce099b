import { describe, expect, test } from "bun:test";
import { createWorld, type UpstreamAnswer, type WorldOptions } from "../simulation/world.ts";

const words = (headers: Record<string, string> = {}): UpstreamAnswer => ({
  headMs: 10,
  headers,
  tokens: [{ text: "hello", afterMs: 0 }],
});
/** A token bucket of 60 a minute with so much left. */
const left = (remaining: number) => ({
  "x-ratelimit-limit-requests": "60",
  "x-ratelimit-remaining-requests": String(remaining),
  "x-ratelimit-reset-requests": `${60 - remaining}s`,
});
/** A window of a day that is used up and comes back in an hour. */
const DAY_OVER = {
  "x-ratelimit-limit-requests": "1000",
  "x-ratelimit-remaining-requests": "0",
  "x-ratelimit-reset-requests": "1h0m0s",
};

function world(options: WorldOptions) {
  return createWorld({ timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 60_000 }, ...options });
}

describe.each([true, false])("stream: %p", (stream) => {
  test("a key without quota is passed over before anything is sent", async () => {
    const { call, clock } = world({
      upstreams: { a: { keys: ["k1", "k2"], answer: ({ key }) => words(key === "k1" ? left(0) : left(50)) } },
    });
    const used: string[] = [];
    for (let i = 0; i < 6; i++) {
      const running = call({ stream });
      await clock.advance(20);
      used.push((await running).record.attempts[0]!.key);
    }
    expect(used.slice(0, 2).sort()).toEqual(["k1", "k2"]);
    expect(new Set(used.slice(2))).toEqual(new Set(["k2"]));
  });

  test("without any key left the next target is asked, without a failure", async () => {
    const { call, clock } = world({ upstreams: { a: { answer: () => words(left(0)) }, b: { answer: () => words() } } });
    const targets: string[] = [];
    for (let i = 0; i < 2; i++) {
      const running = call({ stream });
      await clock.advance(20);
      const { record } = await running;
      expect(record.attempts).toHaveLength(1);
      targets.push(record.answeredBy!.target);
      if (i === 1)
        expect(record.decisions?.[0]?.candidates[0]).toMatchObject({
          skipped: expect.stringMatching(/^no quota for \d+ ms$/),
        });
    }
    expect(targets).toEqual(["a/m", "b/m"]);
  });

  test("with nothing else free calls wait their turn, in order", async () => {
    const { call, clock } = world({ upstreams: { a: { answer: () => words(left(0)) } } });
    await Promise.all([call({ stream }), clock.advance(20)]);
    const running = [1, 2, 3].map(() => call({ stream }));
    await clock.advance(5_000);
    const ended = await Promise.all(running);
    expect(ended.map(({ text }) => text)).toEqual(["hello", "hello", "hello"]);
    const queued = ended.map(({ record }) => Math.round(record.queuedMs / 1_000));
    expect(queued).toEqual([1, 2, 3]);
    expect(ended.every(({ record }) => record.waitedMs < 100)).toBe(true);
  });

  test("who would wait too long is told when to come again", async () => {
    const { call, clock } = world({ upstreams: { a: { answer: () => words(left(0)) } }, maxQueueMs: 2_500 });
    await Promise.all([call({ stream }), clock.advance(20)]);
    const running = [1, 2, 3, 4].map(() => call({ stream }));
    await clock.advance(10_000);
    const ended = await Promise.all(running);
    expect(ended.map(({ error }) => error)).toEqual([undefined, undefined, "overloaded", "overloaded"]);
    expect(ended[2]!.retryAfterMs).toBeWithin(2_500, 3_100);
  });

  test("who leaves the queue gives the place back", async () => {
    const { call, clock } = world({ upstreams: { a: { answer: () => words(left(0)) } } });
    await Promise.all([call({ stream }), clock.advance(20)]);
    const client = new AbortController();
    const leaving = call({ stream, signal: client.signal });
    await clock.advance(10);
    client.abort();
    await clock.advance(0);
    const staying = call({ stream });
    await clock.advance(2_000);
    expect((await leaving).error).toBe("client_closed");
    expect((await staying).record.queuedMs).toBeLessThan(1_100);
  });

  test("a quota that is gone for the day rests the key: 429 with the reset, and no request", async () => {
    const { call, clock, requests, health } = world({ upstreams: { a: { answer: () => words(DAY_OVER) } } });
    await Promise.all([call({ stream }), clock.advance(20)]);
    const running = call({ stream });
    await clock.advance(20);
    const { error, retryAfterMs, id } = await running;
    expect(error).toBe("rate_limited");
    expect(retryAfterMs).toBeWithin(3_590_000, 3_600_001);
    expect(requests.has(id)).toBe(false);
    expect(health.rests.entries(clock.now())).toMatchObject([{ rest: { reason: "rate_limited" } }]);
    await clock.advance(3_600_000);
    const later = call({ stream });
    await clock.advance(20);
    expect((await later).text).toBe("hello");
  });
});

test("more than a thousand waiting calls are too many: the others are sent away at once", async () => {
  const { call, clock } = world({
    upstreams: {
      a: {
        answer: () =>
          words({
            "x-ratelimit-limit-requests": "60000",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "60s",
          }),
      },
    },
  });
  await Promise.all([call(), clock.advance(11)]);
  const running = Array.from({ length: 1_200 }, () => call());
  await clock.advance(10_000);
  const ended = await Promise.all(running);
  const shed = ended.filter(({ error }) => error === "overloaded");
  expect(shed.length).toBeWithin(150, 201);
  for (const { retryAfterMs, startedMs, endedMs } of shed) {
    expect(retryAfterMs).toBeGreaterThanOrEqual(1_000);
    expect(endedMs).toBe(startedMs);
  }
});

test("a 429 storm: those who waited for the same Retry-After don't meet the limit together again", async () => {
  let level = 10;
  let at = 0;
  let refused = 0;
  const { call, clock } = world({
    upstreams: {
      a: {
        answer: ({ now }) => {
          level = Math.min(10, level + (now - at) / 100);
          at = now;
          if (level >= 1) {
            level -= 1;
            return words();
          }
          refused += 1;
          return { headMs: 5, status: 429, headers: { "retry-after": "1" }, body: { error: { message: "slow down" } } };
        },
      },
    },
  });
  const running: ReturnType<typeof call>[] = [];
  for (let i = 0; i < 200; i++) {
    running.push(call());
    await clock.advance(50);
  }
  await clock.advance(30_000);
  await Promise.all(running);
  expect(refused).toBeLessThan(40);
});
