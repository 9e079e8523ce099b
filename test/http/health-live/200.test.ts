import { afterEach, expect, test } from "bun:test";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
afterEach(() => gateway.stop());

test.each(["ready", "starting", "draining"] as const)("alive while %s", async (state) => {
  gateway = standIn({ ports: { readiness: () => state } });
  const response = await gateway.get("/health/live");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "ok" });
});

test("HEAD has no body", async () => {
  gateway = standIn();
  const response = await fetch(gateway.url("/health/live"), { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("");
});
