import { expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";
import { sessionOf, signInByToken } from "./support.ts";

function change(gateway: StandIn, method: string, path: string, headers: Record<string, string>): Promise<Response> {
  const body = method === "DELETE" ? {} : { body: "{}" };
  return fetch(gateway.url(path), { method, headers: { "content-type": "application/json", ...headers }, ...body });
}

const CHANGES = [
  ["POST", "/admin/reload"],
  ["POST", "/admin/keys"],
  ["PATCH", "/admin/keys/k"],
  ["DELETE", "/admin/cache"],
  ["DELETE", "/sso/session"],
  ["DELETE", "/sso/sessions"],
] as const;

test.each(CHANGES)("%s %s by the cookie needs the CSRF token of that very session", async (method, path) => {
  const gateway = standIn();
  const { cookie, csrf } = await signInByToken(gateway);
  const other = await sessionOf(gateway, "admin");
  for (const wrong of [undefined, "", "x", other.csrf, `${csrf}x`]) {
    const response = await change(gateway, method, path, {
      cookie,
      ...(wrong !== undefined && { "x-evergate-csrf": wrong }),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: "permission_denied" } });
  }
  expect((await change(gateway, method, path, { cookie, "x-evergate-csrf": csrf })).status).not.toBe(403);
  await gateway.stop();
});

test("reading by the cookie needs none, and neither does a bearer token", async () => {
  const gateway = standIn();
  const { cookie } = await signInByToken(gateway);
  expect((await gateway.get("/admin/config", { cookie })).status).toBe(200);
  const authorization = "Bearer admin-token";
  expect((await change(gateway, "POST", "/admin/reload", { cookie, authorization })).status).toBe(200);
  await gateway.stop();
});

test("a wrong bearer token is not made good by a cookie", async () => {
  const gateway = standIn();
  const { cookie } = await signInByToken(gateway);
  expect((await gateway.get("/admin/config", { cookie, authorization: "Bearer wrong" })).status).toBe(401);
  await gateway.stop();
});

test.each([
  ["viewer", "GET", "/admin/config", 200],
  ["viewer", "GET", "/admin/audit", 200],
  ["viewer", "POST", "/admin/reload", 403],
  ["viewer", "POST", "/admin/keys", 403],
  ["viewer", "DELETE", "/admin/cache", 403],
  ["team", "GET", "/admin/requests", 200],
  ["team", "GET", "/admin/config", 403],
  ["team", "GET", "/admin/audit", 403],
  ["team", "POST", "/admin/keys", 403],
] as const)("a session of role %s: %s %s is %i", async (role, method, path, status) => {
  const gateway = standIn();
  const { cookie, csrf } = await sessionOf(gateway, role, role === "team" ? "search" : null);
  const headers = { cookie, "x-evergate-csrf": csrf };
  const response = method === "GET" ? await gateway.get(path, headers) : await change(gateway, method, path, headers);
  expect(response.status).toBe(status);
  await gateway.stop();
});

test("a session of the role team sees the requests of its own team alone", async () => {
  const gateway = standIn();
  const asked: unknown[] = [];
  gateway.ports.admin.requests.list = async (filter) => {
    asked.push(filter.team);
    return { data: [], next: null };
  };
  const { cookie } = await sessionOf(gateway, "team", "search");
  await gateway.get("/admin/requests", { cookie });
  await gateway.get("/admin/requests?team=other", { cookie });
  expect(asked.every((team) => team === "search")).toBe(true);
  expect(asked.length).toBeGreaterThan(0);
  const nobody = await sessionOf(gateway, "team");
  expect((await gateway.get("/admin/requests", { cookie: nobody.cookie })).status).toBe(403);
  await gateway.stop();
});
