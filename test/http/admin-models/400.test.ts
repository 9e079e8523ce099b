import { expect, test } from "bun:test";
import { routingStandIn } from "../admin-routing.ts";

test.each([
  ["POST", "/admin/models", { name: "m", targets: ["opnai/x"] }, "targets[0]"],
  ["POST", "/admin/models", { name: "m" }, "targets"],
  ["POST", "/admin/models", { name: "m", targets: ["openai/x"], fallbacks: ["m"] }, "fallbacks"],
  ["POST", "/admin/models", { name: "m", target: ["openai/x"] }, "target"],
  ["PATCH", "/admin/models/k", { targets: null }, "targets"],
  ["GET", "/admin/models?type=openai", undefined, "type"],
] as const)("%s %s %j names %s", async (method, path, body, param) => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/models", { name: "k", targets: ["openai/x"] });
  const { status, json } = await admin.send(method, path, body);
  expect([status, json.error.param]).toEqual([400, param]);
});
