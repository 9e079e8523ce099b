import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each(["/v1/models", "/v1/models/fast", "/openai/v1/models"])("%s needs a key", async (path) => {
  const response = await gateway.get(path);
  expect(response.status).toBe(401);
  expect((await response.json()).error.code).toBe("invalid_api_key");
});

test("in Anthropic's envelope for Anthropic's clients", async () => {
  const response = await gateway.get("/v1/models", { "anthropic-version": "2023-06-01" });
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
});
