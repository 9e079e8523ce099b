import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SCENARIOS } from "../../src/cli/drill/scenarios.ts";
import { run } from "../cli/run.ts";

const CONFIG = `providers:
  a: { type: openai, keys: [{ env: A_KEY }] }
  b: { type: anthropic, keys: [{ env: A_KEY }] }
models: { m: [a/gpt-4o, b/claude-sonnet-4-5] }
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "evergate-drill-command-"));
  await writeFile(join(directory, "mine.yaml"), CONFIG);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const environment = { A_KEY: "the-real-secret" };

test("an unknown scenario is wrong usage, and those there are are listed", async () => {
  const { code, stderr } = await run(directory, ["drill", "09", "html-pag"]);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no scenario "html-pag". Did you mean "html-page"?');
  for (const { id } of SCENARIOS) expect(stderr).toContain(id);
});

test("a configuration at fault is not drilled", async () => {
  const { code, stdout, stderr } = await run(directory, ["drill", "--config", "mine.yaml", "03"]);
  expect(code).toBe(1);
  expect(stderr).toContain("A_KEY");
  expect(stdout).toBe("");
});

test("the table is for people", async () => {
  const { code, stdout, stderr } = await run(directory, ["drill", "--config", "mine.yaml", "03", "08"], environment);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain("mine.yaml");
  expect(stdout).toMatch(/^08 +cut after 40 of 60 tokens +stream +.*continued by b\/claude-sonnet-4-5 +1\+1 .* pass$/m);
  expect(stdout).toEndWith("2/2 faults, 0/0 further (4 of 4 runs passed)\n");
});

test("JSON is for programs, and holds no secret", async () => {
  const { code, stdout } = await run(directory, ["drill", "--config", "mine.yaml", "--json", "04"], environment);
  expect(code).toBe(0);
  const { summary, results } = JSON.parse(stdout);
  expect(summary).toMatchObject({ faults: { passed: 1, total: 1 }, ok: true, runs: { passed: 2, failed: 0 } });
  expect(results[0]).toMatchObject({
    scenario: "04",
    mode: "stream",
    model: "m",
    upstream: "openai-chat",
    verdict: "pass",
    attempts: { primary: 2, others: 1 },
  });
  expect(stdout).not.toContain("the-real-secret");
});
