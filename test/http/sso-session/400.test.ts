import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each([
  ["no token", {}],
  ["an empty token", { token: "" }],
  ["no text", { token: 7 }],
  ["a token beyond all bounds", { token: "x".repeat(5_000) }],
  ["a field it does not know", { token: "admin-token", role: "admin" }],
  ["no object", []],
])("%s", async (_, body) => {
  const gateway = standIn();
  const response = await gateway.post("/sso/session", body);
  expect(response.status).toBe(400);
  expect(gateway.audited).toEqual([]);
  await gateway.stop();
});

test("a form on somebody else's page cannot sign in: it cannot send JSON", async () => {
  const gateway = standIn();
  const response = await gateway.post("/sso/session", '{"token":"admin-token"}', { "content-type": "text/plain" });
  expect(response.status).toBe(415);
  await gateway.stop();
});
