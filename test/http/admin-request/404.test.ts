import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["req_2", "%zz"])("unknown: %s", async (id) => {
  const gateway = standIn();
  const response = await gateway.get(`/admin/requests/${id}`, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(404);
  expect((await response.json()).error.code).toBe("not_found");
  await gateway.stop();
});
