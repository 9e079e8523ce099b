import { expect, test } from "bun:test";
import { KEY, standIn } from "../stand-in.ts";

test.each([
  ["a wrong token", "ega_of_somebody_else"],
  ["a token of another role", "viewer-token"],
  ["the metrics token", "metrics-token"],
  ["a virtual key", KEY],
])("%s begins no session, and the audit trail says so without it", async (_, token) => {
  const gateway = standIn();
  const response = await gateway.post("/sso/session", { token });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: { code: "invalid_api_key" } });
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(gateway.audited).toMatchObject([{ action: "sign_in_failed", actor: "nobody", remoteAddress: "127.0.0.1" }]);
  expect(JSON.stringify(gateway.audited)).not.toContain(token);
  await gateway.stop();
});

test("signing out needs somebody who is signed in, by the cookie", async () => {
  const gateway = standIn();
  for (const path of ["/sso/session", "/sso/sessions"]) {
    const byToken = await fetch(gateway.url(path), {
      method: "DELETE",
      headers: { authorization: "Bearer admin-token" },
    });
    expect(byToken.status).toBe(401);
  }
  await gateway.stop();
});
