import { describe, expect, test } from "bun:test";
import { buildApp } from "../../src/http/app.ts";
import type { Connection } from "../../src/http/exchange.ts";
import { pathOf } from "../../src/http/request-path.ts";
import { type StandIn, standIn } from "./stand-in.ts";

test.each([
  ["http://a/x", "/x"],
  ["http://127.0.0.1:4000/v1/models?limit=1", "/v1/models"],
  ["http://127.0.0.1:4000/", "/"],
  ["http://a//x?y=/z", "//x"],
  ["https://a/x/y", "/x/y"],
  ["https://[::1]:80/x%2Fy?", "/x%2Fy"],
  ["/v1/models", ""],
  ["/v1/admin/config", ""],
])("%s has the path %j", (url, path) => expect(pathOf(url)).toBe(path));

describe("over TLS the path is found as well", () => {
  const connection: Connection = {
    remoteAddress: () => "127.0.0.1",
    keepOpen: () => {},
    restoreIdleTimeout: () => {},
    live: new Set(),
    watching: new Set(),
  };

  test.each([
    ["https://localhost/health/live", 200],
    ["https://abc/health/live", 200],
    // A host that Elysia would look past.
    ["https://a/x/health/live", 400],
    ["https://ab/health/live", 400],
    ["https://localhost/x/health/live", 404],
  ])("%s: %d", async (url, status) => {
    const gateway: StandIn = standIn();
    const app = buildApp(gateway.ports, connection, true);
    expect((await app.fetch(new Request(url))).status).toBe(status);
    await gateway.stop();
  });
});
