import { afterEach, expect, test } from "bun:test";
import { CHAT_FRAMES, CHAT_REQUEST, dataOf, eventReply, replyOf, type StandIn, standIn, until } from "../stand-in.ts";

const DRAIN_MS = 30_000;
const LAST_WRITES_MS = 500;
let gateway: StandIn;
afterEach(async () => {
  const stopped = gateway.stop();
  await gateway.clock.advance(DRAIN_MS + LAST_WRITES_MS);
  await stopped;
});

test("draining answers while a call runs, and takes no connection after it", async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  gateway = standIn({
    async answer() {
      await held;
      return eventReply("whole");
    },
  });
  const running = gateway.post("/v1/chat/completions", CHAT_REQUEST);
  await until(() => gateway.calls.length === 1);
  expect(gateway.server.inFlight()).toBe(1);
  const drained = gateway.server.drain(DRAIN_MS);
  expect((await gateway.get("/health/live")).status).toBe(200);
  release();
  expect((await running).status).toBe(200);
  await drained;
  await expect(gateway.get("/health/live")).rejects.toThrow();
  expect(gateway.clock.pending()).toBe(0);
});

test("on the deadline a waiting call gets 503 and its record ends", async () => {
  gateway = standIn({ answer: () => new Promise(() => {}) });
  const running = gateway.post("/v1/chat/completions", CHAT_REQUEST);
  await until(() => gateway.calls.length === 1);
  const drained = gateway.server.drain(DRAIN_MS);
  await gateway.clock.advance(DRAIN_MS);
  const response = await running;
  expect(response.status).toBe(503);
  expect((await response.json()).error).toMatchObject({ code: "shutting_down", source: "gateway" });
  expect(gateway.closed[0]!.outcome).toMatchObject({ code: "shutting_down" });
  await gateway.clock.advance(LAST_WRITES_MS);
  await drained;
});

test("on the deadline a stream ends with the dialect's error, never as if complete", async () => {
  const pieces = CHAT_FRAMES.map((frame) => ({ mark: "content" as const, bytes: new TextEncoder().encode(frame) }));
  const reply = replyOf("openai-chat", "stream", pieces, () => new Promise(() => {}));
  gateway = standIn({ answer: () => reply });
  const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream: true });
  const drained = gateway.server.drain(DRAIN_MS);
  const text = response.text();
  await gateway.clock.advance(DRAIN_MS);
  const data = dataOf(await text);
  expect(data).toHaveLength(2);
  expect(JSON.parse(data[1]!).error).toMatchObject({ message: "The gateway is shutting down." });
  expect(reply.returned()).toBe(1);
  expect(gateway.closed[0]!.outcome).toMatchObject({ code: "shutting_down" });
  await gateway.clock.advance(LAST_WRITES_MS);
  await drained;
});
