import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "./stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each([
  "/v1",
  "/v1/",
  "/v1/chat/completions/",
  "/V1/models",
  "/v1/nothing",
  "/admin",
  "/admin/",
  "/admin/requests/a/b",
  "/uix",
  "/docs/",
  "/health",
  "/.env",
  "/anthropic/v1/chat/completions",
  "/openai/v1/messages",
])("%s is not listed", async (path) => {
  for (const method of ["GET", "POST", "OPTIONS"]) {
    const response = await fetch(gateway.url(path), { method, headers: { authorization: "Bearer admin-token" } });
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/json");
    const body = await response.json();
    if (path.startsWith("/anthropic/"))
      expect(body).toMatchObject({ type: "error", error: { type: "not_found_error" } });
    else expect(body.error).toMatchObject({ code: "not_found", source: "client" });
  }
});

test("dot segments cannot lead past a role", async () => {
  const text = await gateway.raw("GET /v1/models/../../admin/config HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(text).toStartWith("HTTP/1.1 401");
});

test.each(["a", "ab.c", "127.0.0.1:4000", "x".repeat(200), "[::1]:80"])(
  "the Host header does not move the path: %s",
  async (host) => {
    // A router that looks for the path from a fixed offset would see /admin/config here.
    const text = await gateway.raw(`GET /x/admin/config HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(text).toStartWith("HTTP/1.1 404");
  },
);

test("two slashes are not one", async () => {
  const text = await gateway.raw("GET //v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect(text).toStartWith("HTTP/1.1 404");
});

test("what is asked for is shown cut", async () => {
  const response = await gateway.get(`/${"x".repeat(5_000)}`);
  expect((await response.text()).length).toBeLessThan(600);
});
