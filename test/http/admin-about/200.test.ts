import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each([true, false])("says whether everything is simulated: %p", async (simulated) => {
  const gateway = standIn();
  gateway.ports.admin.simulated = () => simulated;
  const response = await gateway.get("/admin/about", { authorization: "Bearer team-token" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    version: "0.0.0-test",
    readiness: "ready",
    simulated,
    requires_key: true,
    now: new Date(gateway.clock.now()).toISOString(),
  });
  await gateway.stop();
});
