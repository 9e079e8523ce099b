import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

test.each([
  ["GET", "/admin/providers", undefined],
  ["GET", "/admin/providers/openai", undefined],
  ["POST", "/admin/providers", UP],
  ["PATCH", "/admin/models/fast", {}],
  ["DELETE", "/admin/models/fast", undefined],
] as const)("%s %s without a token that is known", async (method, path, body) => {
  await using admin = await routingStandIn();
  for (const token of ["", "eg_valid", "admin-toke"]) {
    expect((await admin.send(method, path, body, { token })).json.error.code).toBe("invalid_api_key");
  }
});
