import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["starting", "draining"] as const)("%s", async (state) => {
  const gateway = standIn({ ports: { readiness: () => state } });
  const response = await gateway.get("/health/ready");
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: state });
  await gateway.stop();
});
