import { expect, test } from "bun:test";
import { signInByToken } from "../sso-session/support.ts";
import { standIn } from "../stand-in.ts";

test("a link signs out and leads to the dashboard", async () => {
  const gateway = standIn();
  const { cookie } = await signInByToken(gateway);
  const response = await fetch(gateway.url("/sso/logout"), { headers: { cookie }, redirect: "manual" });
  expect(response.status).toBe(302);
  expect(response.headers.get("location")).toBe("/ui");
  expect(response.headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await gateway.get("/admin/config", { cookie })).status).toBe(401);
  await gateway.stop();
});

test("a link on somebody else's page does not sign out", async () => {
  const gateway = standIn();
  const { cookie } = await signInByToken(gateway);
  const headers = { cookie, "sec-fetch-site": "cross-site" };
  const response = await fetch(gateway.url("/sso/logout"), { headers, redirect: "manual" });
  expect(response.status).toBe(302);
  expect(response.headers.get("set-cookie")).toBeNull();
  expect((await gateway.get("/admin/config", { cookie })).status).toBe(200);
  await gateway.stop();
});
