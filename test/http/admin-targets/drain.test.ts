import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { AuditEntry } from "../../../src/store/ports.ts";
import { type StandIn, standIn } from "../stand-in.ts";

const admin = { authorization: "Bearer admin-token" };
let gateway: StandIn;
let drained: Set<string>;
let written: AuditEntry[];

beforeAll(() => {
  gateway = standIn();
  const common = { provider: "a", model: "x/m", target: "a/x/m", key: "k", inFlight: 0, consecutiveFailures: 0 };
  gateway.ports.admin.targets = () => [
    {
      ...common,
      state: "closed",
      reason: drained.has("a/x/m") ? "resting: drained" : null,
      restingUntilMs: null,
      latencyMs: null,
      quota: null,
    },
  ];
  gateway.ports.admin.setDrained = async (target, drain, entry) => {
    if (target !== "a/x/m") return false;
    written.push(entry);
    drained[drain ? "add" : "delete"](target);
    return true;
  };
});
beforeEach(() => {
  drained = new Set();
  written = [];
});
afterAll(() => gateway.stop());

test("a target whose name holds slashes is drained and restored, and both are audited", async () => {
  const first = await gateway.post("/admin/targets/a/x/m/drain", undefined, admin);
  expect(first.status).toBe(200);
  expect(await first.json()).toMatchObject({ data: [{ target: "a/x/m", reason: "resting: drained" }], next: null });
  const second = await gateway.post("/admin/targets/a%2Fx%2Fm/restore", undefined, admin);
  expect(await second.json()).toMatchObject({ data: [{ target: "a/x/m", reason: null }] });
  expect(written).toMatchObject([
    { action: "drain", resource: "target", resourceId: "a/x/m", after: { drained: true } },
    { action: "restore", resource: "target", resourceId: "a/x/m", after: { drained: false } },
  ]);
});

test.each([
  ["an unknown target", "/admin/targets/b/m/drain", 404],
  ["an unknown action", "/admin/targets/a/x/m/pause", 404],
  ["no target", "/admin/targets/drain", 404],
  ["a broken escape", "/admin/targets/a%2/drain", 404],
])("%s is refused and changes nothing", async (_name, path, status) => {
  expect((await gateway.post(path, undefined, admin)).status).toBe(status);
  expect(written).toEqual([]);
});

test("needs the admin role", async () => {
  const response = await gateway.post("/admin/targets/a/x/m/drain", undefined, {
    authorization: "Bearer viewer-token",
  });
  expect(response.status).toBe(403);
});
