import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("ready", async () => {
  const gateway = standIn();
  const response = await gateway.get("/health/ready");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
  await gateway.stop();
});
