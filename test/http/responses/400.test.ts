import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

const BODY = { model: "fast", input: "Hi" };

test.each([
  ["/v1/responses", { ...BODY, input: [] }, "input"],
  ["/openai/v1/responses", { ...BODY, input: 7 }, "input"],
  ["/v1/responses", { ...BODY, stream: 1 }, "stream"],
  ["/v1/responses", { input: "Hi" }, "model"],
])("%s names what is wrong: %j", async (path, body, param) => {
  const response = await gateway.post(path, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { type: "invalid_request_error", code: "invalid_request", source: "client", param },
  });
});
