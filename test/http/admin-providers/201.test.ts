import { expect, test } from "bun:test";
import { routingStandIn, SECRET, UP } from "../admin-routing.ts";

test("is shown as it was made, but for its secrets", async () => {
  await using admin = await routingStandIn();
  const body = {
    ...UP,
    keys: [{ secret: SECRET, name: "a", weight: 2, models: ["gpt-*"] }],
    forwardHeaders: ["x-trace"],
  };
  const { status, headers, json } = await admin.send("POST", "/admin/providers", body);
  expect(status).toBe(201);
  expect(json).toEqual({
    id: expect.stringMatching(/^provider_[A-Za-z0-9]{16}$/),
    name: "up",
    type: "openai-compatible",
    baseUrl: "https://up.example/v1",
    keys: [{ name: "a", secret: "…WXYZ", weight: 2, models: ["gpt-*"] }],
    headers: null,
    forwardHeaders: ["x-trace"],
    timeouts: null,
    origin: "api",
    state: "active",
    fault: null,
    created_at: "2026-11-23T00:00:00.000Z",
    updated_at: "2026-11-23T00:00:00.000Z",
  });
  expect(headers.get("location")).toBe(`/admin/providers/${json.id}`);
  expect(headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
  expect(admin.open.config().providers.at(-1)).toMatchObject({ name: "up", origin: "api" });
});
