import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("says what is needed, in OpenAI's envelope", async () => {
  const gateway = standIn();
  const response = await gateway.get("/admin/requests");
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  const { error } = await response.json();
  expect(error).toMatchObject({ code: "invalid_api_key", type: "authentication_error", source: "client" });
  expect(error.message).toContain("admin token");
  await gateway.stop();
});
