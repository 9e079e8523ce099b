import { afterAll, beforeAll, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
});
afterAll(() => gateway.stop());

test.each([
  ["?group_by=key", "group_by"],
  ["?bucket=week", "bucket"],
  ["?from=yesterday", "from"],
  ["?team=search", "team"],
  ["?every=10", "every"],
  ["?failover=false", "failover"],
  ["?bucket=minute&every=0", "every"],
])("%s", async (query, param) => {
  const response = await gateway.get(`/admin/stats/attempts${query}`, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ code: "invalid_request", param });
});
