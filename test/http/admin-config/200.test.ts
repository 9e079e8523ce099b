import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("the effective configuration", async () => {
  const gateway = standIn();
  const response = await gateway.get("/admin/config", { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ server: { port: 4000 } });
  await gateway.stop();
});
