import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

const RESPONSE = { id: "resp_1", object: "response", output: [] };
let gateway: StandIn;
beforeAll(() => {
  gateway = standIn({
    ports: {
      authenticate: (credential) => ({ id: credential ?? "nobody", allows: () => true }),
      responses: {
        get: async (principal, id) => (principal === "ada" && id === "resp_1" ? RESPONSE : undefined),
        inputItems: async (principal, id) => (principal === "ada" && id === "resp_1" ? [] : undefined),
        delete: async (principal, id) => principal === "ada" && id === "resp_1",
      },
    },
  });
});
afterAll(() => gateway.stop());

test.each([
  ["GET", "/v1/responses/resp_1", "ada", 200, RESPONSE],
  ["DELETE", "/openai/v1/responses/resp_1", "ada", 200, { id: "resp_1", object: "response", deleted: true }],
  ["GET", "/v1/responses/resp_1", "bob", 404, { error: { code: "not_found", param: "response_id" } }],
  ["DELETE", "/v1/responses/resp_1", "bob", 404, { error: { code: "not_found" } }],
  ["GET", "/v1/responses/resp_2", "ada", 404, { error: { code: "not_found" } }],
  [
    "GET",
    "/v1/responses/resp_1/input_items",
    "ada",
    200,
    { object: "list", data: [], first_id: null, has_more: false },
  ],
  ["GET", "/v1/responses/resp_1/input_items", "bob", 404, { error: { code: "not_found", param: "response_id" } }],
  ["GET", "/v1/responses/resp_1/other", "ada", 404, { error: { code: "not_found" } }],
  ["POST", "/v1/responses/resp_1/cancel", "ada", 400, { error: { code: "invalid_request", param: "response_id" } }],
  ["POST", "/openai/v1/responses/resp_1/cancel", "bob", 404, { error: { code: "not_found" } }],
  ["POST", "/v1/responses/resp_1", "ada", 404, { error: { code: "not_found" } }],
  ["DELETE", "/v1/responses/resp_1/input_items", "ada", 404, { error: { code: "not_found" } }],
])("%s %s as %s is %d", async (method, path, key, status, body) => {
  const response = await fetch(gateway.url(path), { method, headers: { authorization: `Bearer ${key}` } });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject(body);
});
