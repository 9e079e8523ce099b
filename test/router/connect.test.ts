import { expect, test } from "bun:test";
import { createWorld, type UpstreamAnswer } from "../simulation/world.ts";

const words: UpstreamAnswer = { headMs: 10, tokens: [{ text: "hello", afterMs: 0 }] };
const silence: UpstreamAnswer = { headMs: Number.POSITIVE_INFINITY };

function world(a: () => UpstreamAnswer, isConnecting: () => Promise<boolean>) {
  return createWorld({
    upstreams: { a: { answer: a }, b: { answer: () => words } },
    timeouts: { connectMs: 700, idleMs: 5_000, totalMs: 60_000, firstTokenMs: 5_000, responseMs: 5_000 },
    isConnecting,
  });
}

test.each([true, false])("no connection in time is a timeout that moves on, stream: %p", async (stream) => {
  const { call, clock, health } = world(
    () => silence,
    async () => true,
  );
  const running = call({ stream });
  await clock.advance(1_000);
  const { record, text, endedMs } = await running;
  expect({ text, endedMs }).toEqual({ text: "hello", endedMs: 710 });
  expect(record.attempts[0]).toMatchObject({ class: "timeout", error: "a/m took no connection within 700 ms." });
  expect(health.channel("a", "key", "m").breaker.consecutiveFailures()).toBe(1);
});

test("a connection that stands is left to the limit on first content", async () => {
  const { call, clock } = world(
    () => silence,
    async () => false,
  );
  const running = call();
  await clock.advance(6_000);
  expect((await running).endedMs).toBe(5_010);
});

test("where the system doesn't tell, the other limits do", async () => {
  const { call, clock } = world(
    () => silence,
    async () => {
      throw new Error("no /proc");
    },
  );
  const running = call();
  await clock.advance(6_000);
  expect((await running).endedMs).toBe(5_010);
});

test("an origin that has answered lately, or answers in time, is not asked about", async () => {
  let asked = 0;
  const { call, clock } = world(
    () => words,
    async () => {
      asked += 1;
      return true;
    },
  );
  await Promise.all([call(), clock.advance(20)]);
  await Promise.all([call(), clock.advance(1_000)]);
  expect(asked).toBe(0);
  expect(clock.pending()).toBe(0);
});
