import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

test("a change to what has changed since it was read", async () => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/providers", UP);
  const headers = { "if-match": (await admin.send("GET", "/admin/providers/up")).headers.get("etag")! };
  await admin.send("PATCH", "/admin/providers/up", { timeouts: { connectMs: 1 } });
  for (const [method, body] of [
    ["PATCH", { timeouts: null }],
    ["DELETE", undefined],
  ] as const) {
    const { status, json } = await admin.send(method, "/admin/providers/up", body, { headers });
    expect([status, json.error.code]).toEqual([412, "precondition_failed"]);
  }
  expect((await admin.send("GET", "/admin/providers/up")).json.timeouts).toEqual({ connectMs: 1 });
});
