import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { buildApp } from "../../src/http/app.ts";
import type { Connection } from "../../src/http/exchange.ts";
import { ROUTES } from "../../src/http/routes.ts";
import { KEY, type StandIn, standIn } from "./stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

const connection: Connection = {
  remoteAddress: () => "127.0.0.1",
  keepOpen: () => {},
  restoreIdleTimeout: () => {},
  live: new Set(),
  watching: new Set(),
};

test("every route that Elysia knows is in the table with a role, and the other way round", () => {
  const registered = buildApp(gateway.ports, connection).registered();
  const listed = ROUTES.map(({ method, path }) => `${method} ${path}`).sort();
  expect(registered.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(listed);
  expect(new Set(listed).size).toBe(listed.length);
  for (const { role } of ROUTES)
    expect(["open", "key", "session", "metrics", "team", "viewer", "admin"]).toContain(role);
});

test("admin paths need an admin role, and only they and the metrics a token", () => {
  for (const { method, path, role } of ROUTES) {
    expect(["team", "viewer", "admin"].includes(role)).toBe(path.startsWith("/admin/"));
    expect(role === "session").toBe(/^\/sso\/sessions?$/.test(path) && method === "DELETE");
    expect(role === "metrics").toBe(path === "/metrics");
    expect(role === "key").toBe(
      /^\/(?:(?:openai|anthropic)\/)?v1\/|^\/(?:gemini\/)?v1beta\/|^\/gemini\/v1\//.test(path),
    );
  }
});

describe("roles are enforced on every route", () => {
  const cases = ROUTES.flatMap((route) => {
    const path = route.path.replace("*", "fast").replace(":id", "req_1");
    const methods = route.method === "GET" ? ["GET", "HEAD"] : [route.method];
    return methods.map((method) => [method, path, route.role] as const);
  });

  test.each(cases)("%s %s: %s", async (method, path, role) => {
    const status = async (headers: Record<string, string>) => {
      const body = ["POST", "PATCH"].includes(method) ? "{}" : undefined;
      const init = { method, headers: { "content-type": "application/json", ...headers }, ...(body && { body }) };
      return (await fetch(gateway.url(path), { ...init, redirect: "manual" })).status;
    };
    const bearer = (token: string) => status({ authorization: `Bearer ${token}` });
    if (role === "open") return expect(await status({})).toBeOneOf([200, 302, 400, 404]);
    expect(await status({})).toBe(401);
    expect(await bearer("wrong")).toBe(401);
    if (role === "session") return expect(await bearer("admin-token")).toBe(401);
    if (role === "key") return expect(await bearer("admin-token")).toBe(401);
    // A virtual key, and the admin token anywhere but in Authorization, opens nothing.
    expect(await bearer(KEY)).toBe(401);
    expect(await status({ "x-api-key": "admin-token" })).toBe(401);
    expect(await status({ cookie: "token=admin-token" })).toBe(401);
    expect(await bearer("admin-token")).toBeOneOf([200, 400, 404]);
    expect(await bearer("viewer-token")).toBeOneOf(role === "admin" ? [403] : [200, 400, 404]);
    expect(await bearer("team-token")).toBeOneOf(role === "team" ? [200, 404] : [403]);
    expect(await bearer("metrics-token")).toBe(role === "metrics" ? 200 : 403);
  });
});
