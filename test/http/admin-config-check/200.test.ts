import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

const AUTH = { authorization: "Bearer admin-token" };

test("faults are the answer", async () => {
  const gateway = standIn();
  const given: unknown[] = [];
  gateway.ports.admin.checkConfig = async (value) => {
    given.push(value);
    return [{ path: "models.fast.targets[1]", message: "no such provider", nearest: "openai" }];
  };
  const response = await gateway.post("/admin/config/check", { models: { fast: ["opnai/x"] } }, AUTH);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    ok: false,
    faults: [
      { file: null, path: "models.fast.targets[1]", message: "no such provider", nearest: "openai", line: null },
    ],
  });
  expect(given).toEqual([{ models: { fast: ["opnai/x"] } }]);
  await gateway.stop();
});

test("a right one has none", async () => {
  const gateway = standIn();
  const response = await gateway.post("/admin/config/check", {}, AUTH);
  expect(await response.json()).toEqual({ ok: true, faults: [] });
  await gateway.stop();
});
