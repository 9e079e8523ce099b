import { afterAll, beforeAll, expect, test } from "bun:test";
import { MESSAGES_REQUEST, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each([
  ["/v1/messages", "{"],
  ["/anthropic/v1/messages", { ...MESSAGES_REQUEST, stream: 1 }],
  ["/v1/messages", { ...MESSAGES_REQUEST, messages: "Hello" }],
])("%s speaks Anthropic's envelope: %j", async (path, body) => {
  const response = await gateway.post(path, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({
    type: "error",
    error: { type: "invalid_request_error", message: expect.any(String) },
    request_id: response.headers.get("request-id"),
  });
});
