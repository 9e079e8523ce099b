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
  ["/v1/responses", { ...BODY, background: true }, "background"],
  ["/v1/responses", { ...BODY, conversation: "conv_1" }, "conversation"],
  ["/v1/responses", { ...BODY, conversation: { id: "conv_1" }, previous_response_id: "resp_1" }, "conversation"],
  ["/v1/responses", { ...BODY, previous_response_id: 7 }, "previous_response_id"],
  ["/v1/responses", { ...BODY, previous_response_id: { id: "resp_1" } }, "previous_response_id"],
])("%s names what is wrong: %j", async (path, body, param) => {
  const response = await gateway.post(path, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    error: { type: "invalid_request_error", code: "invalid_request", source: "client", param },
  });
});

test.each([
  ["stream=true&starting_after=x", "starting_after"],
  ["stream=true&starting_after=-1", "starting_after"],
  ["../input_items?limit=0", "limit"],
  ["../input_items?limit=101", "limit"],
  ["../input_items?order=up", "order"],
  ["../input_items?after=none", "after"],
])("%s: %s", async (query, param) => {
  const found = standIn({
    ports: {
      authenticate: () => ({ id: "ada", allows: () => true }),
      responses: {
        get: async () => ({ id: "resp_1", object: "response", output: [] }),
        inputItems: async () => [{ id: "msg_1" }],
        delete: async () => false,
      },
    },
  });
  const path = query.startsWith("..") ? `resp_1/${query.slice(3)}` : `resp_1?${query}`;
  const response = await fetch(found.url(`/v1/responses/${path}`));
  expect([response.status, ((await response.json()) as { error: { param: string } }).error.param]).toEqual([
    400,
    param,
  ]);
  found.stop();
});
