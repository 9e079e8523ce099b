import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("a viewer may look, not change", async () => {
  const gateway = standIn();
  const response = await gateway.post("/admin/reload", {}, { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(403);
  expect((await response.json()).error).toMatchObject({ code: "permission_denied", type: "permission_error" });
  await gateway.stop();
});
