import { afterEach, describe, expect, test } from "bun:test";
import { listen } from "../../src/http/server.ts";
import { CHAT_REQUEST, type StandIn, standIn } from "./stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

describe("an address that cannot be had is told with what to do", () => {
  test("a busy port", () => {
    gateway = standIn();
    const { port } = gateway.server;
    expect(() => listen(gateway.ports, { host: "127.0.0.1", port })).toThrow(
      new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program.*--port`),
    );
  });

  test("an address of another machine", () => {
    gateway = standIn();
    expect(() => listen(gateway.ports, { host: "192.0.2.1", port: 0 })).toThrow(/192\.0\.2\.1.*--host/);
  });
});

test("many requests on one connection, whole and streamed, leave nothing in flight", async () => {
  gateway = standIn();
  for (let i = 0; i < 20; i++) {
    const response = await gateway.post("/v1/chat/completions", { ...CHAT_REQUEST, stream: i % 2 === 0 });
    await response.text();
  }
  expect(gateway.server.inFlight()).toBe(0);
  expect(gateway.settled).toHaveLength(20);
});

test("draining twice is draining once", async () => {
  gateway = standIn();
  expect(gateway.server.drain(1_000)).toBe(gateway.server.drain(5_000));
});

test("a forwarded address counts behind a trusted proxy only, and follows a reload", async () => {
  gateway = standIn();
  const headers = { "x-forwarded-for": "203.0.113.7, 198.51.100.2" };
  await gateway.post("/v1/chat/completions", CHAT_REQUEST, headers);
  gateway.settings.trustedProxies = ["127.0.0.0/8", "198.51.100.2"];
  await gateway.post("/v1/chat/completions", CHAT_REQUEST, headers);
  expect(gateway.calls.map(({ remoteAddress }) => remoteAddress)).toEqual(["127.0.0.1", "203.0.113.7"]);
});
