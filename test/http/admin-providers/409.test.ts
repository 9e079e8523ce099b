import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

test.each([
  ["POST", "/admin/providers", { ...UP, name: "openai" }, "declared in the configuration file"],
  ["PATCH", "/admin/providers/openai", { baseUrl: "https://x.example" }, "declared in the configuration file"],
  ["DELETE", "/admin/providers/openai", undefined, "declared in the configuration file"],
  ["POST", "/admin/providers", UP, 'The name "up" is taken.'],
  ["DELETE", "/admin/providers/up", undefined, 'is still named by model "m"'],
  ["POST", "/admin/models", { name: "fast", targets: ["up/x"] }, "declared in the configuration file"],
  ["PATCH", "/admin/models/fast", {}, "declared in the configuration file"],
  ["DELETE", "/admin/models/fast", undefined, "declared in the configuration file"],
  ["POST", "/admin/models", { name: "m", targets: ["up/x"] }, 'The name "m" is taken.'],
] as const)("%s %s: %s", async (method, path, body, message) => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/providers", UP);
  await admin.send("POST", "/admin/models", { name: "m", targets: ["up/x"] });
  const before = admin.open.config();
  const { status, json } = await admin.send(method, path, body);
  expect([status, json.error.code]).toEqual([409, "conflict"]);
  expect(json.error.message).toContain(message);
  expect(admin.open.config()).toBe(before);
});
