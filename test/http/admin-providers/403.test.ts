import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

test.each([
  ["POST", "/admin/providers", { ...UP, name: "x" }],
  ["PATCH", "/admin/providers/up", { baseUrl: "https://other.example" }],
  ["DELETE", "/admin/providers/up", undefined],
  ["POST", "/admin/models", { name: "x", targets: ["openai/x"] }],
] as const)("CVE-2026-35029: who may only look cannot %s %s", async (method, path, body) => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/providers", UP);
  const before = admin.open.config();
  for (const token of ["viewer-token", "team-token", "metrics-token"]) {
    const { status, json } = await admin.send(method, path, body, { token });
    expect([status, json.error.code]).toEqual([403, "permission_denied"]);
  }
  expect(admin.open.config()).toBe(before);
});

test.each(["/admin/providers", "/admin/models"])("a team does not see %s", async (path) => {
  await using admin = await routingStandIn();
  expect((await admin.send("GET", path, undefined, { token: "team-token" })).status).toBe(403);
});
