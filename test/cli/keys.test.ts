import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { temporaryDirectory } from "../store/support.ts";
import { run } from "./run.ts";

const CONFIG = JSON.stringify({
  store: { path: "./elsewhere" },
  server: { adminToken: { env: "ADMIN_TOKEN" } },
  providers: { openai: { type: "openai", keys: [{ env: "OPENAI_KEY" }, { vault: "secret/openai#key" }] } },
  models: { fast: ["openai/gpt-4o"] },
  access: { keys: { app: { secret: { file: "/run/secrets/app" } } } },
});

test("keys are made in a shell that has none of the configuration's secrets, where the configuration says", async () => {
  using directory = temporaryDirectory();
  writeFileSync(`${directory.path}/gateway.config.json`, CONFIG);
  const made = await run(directory.path, ["keys", "create", "nightly", "--model", "fast", "--json"]);
  expect(made).toMatchObject({ code: 0 });
  expect(JSON.parse(made.stdout).key).toMatch(/^eg_[A-Za-z0-9]{40}$/);
  expect(existsSync(`${directory.path}/elsewhere/state.db`)).toBe(true);
  const listed = await run(directory.path, ["keys", "list", "--json"]);
  expect(JSON.parse(listed.stdout).data.map(({ name }: { name: string }) => name)).toEqual(["app", "nightly"]);
  const unknown = await run(directory.path, ["keys", "create", "x", "--model", "fsat"]);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("fast") });

  expect((await run(directory.path, ["ledger", "verify"])).stdout).toContain("0 rows");
  expect((await run(directory.path, ["check"])).code).toBe(1);
});

test("what is wrong besides secrets is told before anything is written", async () => {
  using directory = temporaryDirectory();
  writeFileSync(`${directory.path}/gateway.config.json`, CONFIG.replace('"models"', '"modles"'));
  for (const args of [
    ["keys", "list"],
    ["ledger", "verify"],
  ]) {
    const { code, stderr } = await run(directory.path, args);
    expect(code).toBe(1);
    expect(stderr).toContain("modles");
    expect(stderr).not.toContain("OPENAI_KEY");
  }
  expect(existsSync(`${directory.path}/elsewhere`)).toBe(false);
});
