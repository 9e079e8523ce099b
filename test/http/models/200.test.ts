import { afterAll, beforeAll, expect, test } from "bun:test";
import { KEY, type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());
const AUTH = { authorization: `Bearer ${KEY}` };
const ANTHROPIC = { "x-api-key": KEY, "anthropic-version": "2023-06-01" };

test.each(["/v1/models", "/openai/v1/models"])("%s: what the key may use, in OpenAI's shape", async (path) => {
  const response = await gateway.get(path, AUTH);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    object: "list",
    data: [
      { id: "fast", object: "model", created: 1_700_000_000, owned_by: "evergate" },
      { id: "openai/gpt-4o", object: "model", created: 1_700_000_001, owned_by: "openai" },
    ],
  });
});

test.each([
  ["/v1/models", ANTHROPIC],
  ["/anthropic/v1/models", AUTH],
])("%s: in Anthropic's shape for Anthropic's clients", async (path, headers) => {
  expect(await (await gateway.get(path, headers)).json()).toEqual({
    data: [
      { type: "model", id: "fast", display_name: "fast", created_at: "2023-11-14T22:13:20.000Z" },
      { type: "model", id: "openai/gpt-4o", display_name: "openai/gpt-4o", created_at: "2023-11-14T22:13:21.000Z" },
    ],
    has_more: false,
    first_id: "fast",
    last_id: "openai/gpt-4o",
  });
});

test.each([
  ["?limit=1", ["fast"], true],
  ["?limit=1&after_id=fast", ["openai/gpt-4o"], false],
  ["?before_id=openai/gpt-4o&limit=5", ["fast"], false],
  ["?after_id=openai/gpt-4o", [], false],
  ["?beta=true", ["fast", "openai/gpt-4o"], false],
])("Anthropic's pages: %s", async (query, ids, more) => {
  const page = await (await gateway.get(`/v1/models${query}`, ANTHROPIC)).json();
  expect(page.data.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(page.has_more).toBe(more);
});
