import { expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { standIn } from "../stand-in.ts";
import { type Shown, sessionOf, signInByToken } from "./support.ts";

test("the admin token becomes a session: cookie, CSRF token and an entry of the audit trail", async () => {
  const gateway = standIn();
  const response = await gateway.post("/sso/session", { token: "admin-token" });
  expect(response.status).toBe(201);
  const shown = (await response.json()) as Shown;
  expect(shown).toMatchObject({ holder: { role: "admin", name: "admin token" }, token: true });
  expect(shown.csrf).toMatch(/^[\w-]{43}$/);
  expect(response.headers.get("set-cookie")).toMatch(/^evergate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(gateway.audited).toMatchObject([
    { action: "sign_in", resource: "session", resourceId: "token", remoteAddress: "127.0.0.1" },
  ]);
  await gateway.stop();
});

test("where clients come by TLS the cookie is for this host by TLS alone", async () => {
  const gateway = standIn({ settings: { secureCookies: true } });
  const { setCookie, cookie } = await signInByToken(gateway);
  expect(setCookie).toMatch(/^__Host-evergate_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  expect((await gateway.get("/admin/config", { cookie })).status).toBe(200);
  // The plain name is what a neighbour or a plain connection could have planted.
  expect((await gateway.get("/admin/config", { cookie: cookie.replace("__Host-", "") })).status).toBe(401);
  await gateway.stop();
});

test("a session planted before signing in does not become the one after, and is over", async () => {
  const gateway = standIn();
  const planted = await sessionOf(gateway, "viewer");
  const { cookie } = await signInByToken(gateway, { cookie: planted.cookie });
  expect(cookie).not.toBe(planted.cookie);
  expect((await gateway.get("/admin/config", { cookie: planted.cookie })).status).toBe(401);
  // What is no session at all is not taken over either.
  const made = await signInByToken(gateway, { cookie: "evergate_session=chosen-by-somebody-else" });
  expect(made.cookie).not.toContain("chosen-by-somebody-else");
  expect((await gateway.get("/admin/config", { cookie: "evergate_session=chosen-by-somebody-else" })).status).toBe(401);
  await gateway.stop();
});

test("a sign-in that the audit trail cannot tell of does not happen", async () => {
  const gateway = standIn();
  gateway.ports.sso.audit = {
    append: async () => {
      throw new GatewayError("overloaded", "The disk is full.");
    },
  };
  const before = gateway.sessions.rows.size;
  const response = await gateway.post("/sso/session", { token: "admin-token" });
  expect(response.status).toBe(503);
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(gateway.sessions.rows.size).toBe(before);
  await gateway.stop();
});
