import { expect, test } from "bun:test";
import { loadAs } from "./support.ts";

test("all faults are reported at once, also below one that is wrong itself", async () => {
  const { faults } = await loadAs("json", {
    server: { port: -1, hots: "x" },
    providers: { a: { type: "opnai", keys: [{ env: "UNSET" }], timeouts: { idleMs: 0 } } },
    models: { m: ["b/x"], n: { targets: [] } },
    store: 5,
  });
  expect(faults.map(({ path }) => path).sort()).toEqual([
    "models.m[0]",
    "models.n.targets",
    "providers.a.keys[0]",
    "providers.a.timeouts.idleMs",
    "providers.a.type",
    "server.hots",
    "server.port",
    "store",
  ]);
});

test("a secret in the wrong place does not show in a fault", async () => {
  const canary = "sk-canary-4711";
  const { faults } = await loadAs("json", {
    server: { port: canary, tls: canary },
    providers: { a: { type: "openai", keys: canary, baseUrl: `https://user:${canary}@x` } },
    models: canary,
    access: { keys: canary },
  });
  expect(faults.length).toBeGreaterThan(4);
  expect(JSON.stringify(faults)).not.toContain(canary);
});

test.each([[[]], ["text"], [5], [null]])("%p is no configuration", async (value) => {
  const { faults } = await loadAs("json", value);
  expect(faults).toEqual([
    { path: "", message: "the configuration must be an object", file: "gateway.config.json", nearest: undefined },
  ]);
});
