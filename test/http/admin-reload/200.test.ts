import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test("reloads once, without a body", async () => {
  const gateway = standIn();
  let reloads = 0;
  gateway.ports.admin.reload = async () => {
    reloads += 1;
    return [];
  };
  const response = await fetch(gateway.url("/admin/reload"), {
    method: "POST",
    headers: { authorization: "Bearer admin-token" },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ok: true, faults: [] });
  expect(reloads).toBe(1);
  await gateway.stop();
});
