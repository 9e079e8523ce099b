import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";
import { sessionOf, signInByToken } from "./support.ts";

test("signing out ends this session and clears its cookie; others of the person go on", async () => {
  const gateway = standIn();
  const here = await signInByToken(gateway);
  const there = await signInByToken(gateway);
  const headers = { cookie: here.cookie, "x-evergate-csrf": here.csrf };
  const response = await fetch(gateway.url("/sso/session"), { method: "DELETE", headers });
  expect(response.status).toBe(204);
  expect(response.headers.get("set-cookie")).toMatch(/^evergate_session=; .*HttpOnly.*Max-Age=0$/);
  expect((await gateway.get("/admin/config", { cookie: here.cookie })).status).toBe(401);
  expect((await gateway.get("/admin/config", { cookie: there.cookie })).status).toBe(200);
  expect(gateway.audited.map(({ action }) => action)).toEqual(["sign_in", "sign_in", "sign_out"]);
  await gateway.stop();
});

test("signing out everywhere ends every session of the person and nobody else's", async () => {
  const gateway = standIn();
  const here = await signInByToken(gateway);
  const there = await signInByToken(gateway);
  const somebody = await sessionOf(gateway, "viewer");
  const headers = { cookie: here.cookie, "x-evergate-csrf": here.csrf };
  expect((await fetch(gateway.url("/sso/sessions"), { method: "DELETE", headers })).status).toBe(204);
  for (const { cookie } of [here, there]) expect((await gateway.get("/admin/config", { cookie })).status).toBe(401);
  expect((await gateway.get("/admin/config", { cookie: somebody.cookie })).status).toBe(200);
  expect(gateway.audited.at(-1)).toMatchObject({ action: "sign_out", after: { sessions: 2 } });
  await gateway.stop();
});
