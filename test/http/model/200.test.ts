import { afterAll, beforeAll, expect, test } from "bun:test";
import { KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each([
  ["/v1/models/fast", "fast"],
  ["/v1/models/openai/gpt-4o", "openai/gpt-4o"],
  ["/openai/v1/models/openai/gpt-4o", "openai/gpt-4o"],
  ["/v1/models/openai%2Fgpt-4o", "openai/gpt-4o"],
])("%s", async (path, id) => {
  const response = await gateway.get(path, { authorization: `Bearer ${KEY}` });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ id, object: "model" });
});

test("in Anthropic's shape for Anthropic's clients", async () => {
  const response = await gateway.get("/anthropic/v1/models/openai/gpt-4o", { "x-api-key": KEY });
  expect(await response.json()).toMatchObject({ type: "model", id: "openai/gpt-4o" });
});
