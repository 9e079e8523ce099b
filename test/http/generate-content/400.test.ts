import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each<[string, unknown, string]>([
  [":generateContent", {}, "contents"],
  [":generateContent", { contents: [] }, "contents"],
  [":generateContent", { contents: "Hello" }, "contents"],
  [":streamGenerateContent?alt=proto", { contents: [{ parts: [{ text: "Hi" }] }] }, "alt"],
])("%s %j: %s", async (method, body, param) => {
  const response = await gateway.post(`/v1beta/models/fast${method}`, body);
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    code: 400,
    status: "INVALID_ARGUMENT",
    details: [{ reason: "INVALID_REQUEST", metadata: { param } }],
  });
});

test("the same key twice", async () => {
  const response = await gateway.post("/v1beta/models/fast:generateContent", '{"contents":[{}],"contents":[{}]}');
  expect(response.status).toBe(400);
});
