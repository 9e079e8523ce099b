import { afterAll, beforeAll, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
beforeAll(() => {
  gateway = standIn();
  gateway.ports.admin.requests.list = async () => {
    throw new GatewayError("invalid_request", "This cursor is not one of ours.", { param: "cursor" });
  };
});
afterAll(() => gateway.stop());

test.each([
  ["?modle=fast", "modle"],
  ["?model=a&model=b", "model"],
  ["?model=", "model"],
  [`?text=${"x".repeat(513)}`, "text"],
  ["?limit=0", "limit"],
  ["?limit=1001", "limit"],
  ["?limit=ten", "limit"],
  ["?limit=1e2", "limit"],
  ["?status=6xx", "status"],
  ["?status=5x", "status"],
  ["?failover=yes", "failover"],
  ["?cache=warm", "cache"],
  ["?from=yesterday", "from"],
  ["?from=2026-01-01", "from"],
  ["?to=2026-13-01T00:00:00Z", "to"],
  ["?cursor=forged", "cursor"],
])("%s names %s", async (query, param) => {
  const response = await gateway.get(`/admin/requests${query}`, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ code: "invalid_request", param, source: "client" });
});

test.each(["/admin/targets", "/admin/config", "/admin/requests/req_1"])("%s takes no parameters", async (path) => {
  const response = await gateway.get(`${path}?x=1`, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(400);
});
