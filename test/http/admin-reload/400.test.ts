import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("a broken configuration is told with path, message and nearest name", async () => {
  const gateway = standIn();
  gateway.ports.admin.reload = async () => [
    { path: "models.fast", message: 'there is no provider "opnai"', nearest: "openai" },
    { path: "server.port", message: "must be a port" },
  ];
  const response = await gateway.post("/admin/reload", {}, { authorization: "Bearer admin-token" });
  expect(response.status).toBe(400);
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "invalid_request", param: "models.fast" });
  expect(error.message).toContain('models.fast: there is no provider "opnai" (did you mean "openai"?)');
  expect(error.message).toContain("1 more");
  await gateway.stop();
});
