import { expect, test } from "bun:test";
import { routingStandIn } from "../admin-routing.ts";

test.each([
  ["GET", "/admin/providers/nope", undefined],
  ["PATCH", "/admin/providers/nope", {}],
  ["DELETE", "/admin/providers/nope", undefined],
  ["GET", "/admin/models/nope", undefined],
  ["PATCH", "/admin/models/nope", {}],
  ["DELETE", "/admin/models/nope", undefined],
] as const)("%s %s", async (method, path, body) => {
  await using admin = await routingStandIn();
  const { status, json } = await admin.send(method, path, body);
  expect([status, json.error.code, json.error.param]).toEqual([404, "not_found", "id"]);
});
