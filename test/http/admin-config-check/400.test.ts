import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["", "[]", "{", '{"a":1,"a":2}'])("%j is no configuration", async (body) => {
  const gateway = standIn();
  const response = await gateway.post("/admin/config/check", body, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(400);
  await gateway.stop();
});
