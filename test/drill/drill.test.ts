/** The whole drill on its own configuration: every fault, both modes, every upstream dialect. */
import { beforeAll, describe, expect, test } from "bun:test";
import { builtInCourses } from "../../src/cli/drill/built-in.ts";
import { summaryOf } from "../../src/cli/drill/report.ts";
import type { RunResult } from "../../src/cli/drill/run.ts";
import { SCENARIOS } from "../../src/cli/drill/scenarios.ts";
import { DIALECTS } from "../../src/dialects/index.ts";
import { SIMULATED_DIALECTS } from "../../src/providers/simulated/simulated.ts";
import { VENDORS } from "../../src/providers/vendors.ts";
import { drilled } from "./support.ts";

const DRILL_LIMIT_MS = 300_000;

let results: RunResult[] = [];
beforeAll(async () => {
  results = await drilled(await builtInCourses(), SCENARIOS);
}, DRILL_LIMIT_MS);

test.each(SCENARIOS.map(({ id, title }) => [id, title] as const))("%s: %s", (id) => {
  const runs = results.filter(({ scenario, verdict }) => scenario === id && verdict !== "skip");
  expect(runs.length).toBeGreaterThan(0);
  expect(runs.filter(({ verdict }) => verdict === "fail")).toEqual([]);
});

describe("the drill covers", () => {
  test.each(["openai-chat", "openai-responses", "anthropic-messages"])("clients of %s, on every fault", (client) => {
    const passed = results.filter((result) => result.client === client && result.verdict === "pass");
    expect(new Set(passed.map(({ scenario }) => scenario)).size).toBe(SCENARIOS.length);
  });

  test("sixteen of sixteen faults, and all further ones", () => {
    const { faults, further, ok } = summaryOf(results);
    expect(faults).toEqual({ passed: 16, total: 16, skipped: [] });
    expect(further).toEqual({ passed: SCENARIOS.length - 16, total: SCENARIOS.length - 16, skipped: [] });
    expect(ok).toBe(true);
  });

  const spoken = DIALECTS.map(({ name }) => name).filter((name) => SIMULATED_DIALECTS.includes(name));
  test.each(spoken.filter((name) => [...VENDORS.values()].some(({ dialect }) => dialect === name)))(
    "upstreams of %s in both modes",
    (upstream) => {
      const runs = results.filter((result) => result.upstream === upstream && result.verdict === "pass");
      const inMode = (mode: string) => new Set(runs.filter((run) => run.mode === mode).map(({ scenario }) => scenario));
      for (const id of Array.from({ length: 16 }, (_, index) => String(index + 1).padStart(2, "0"))) {
        expect([...inMode("stream")]).toContain(id);
        expect([...inMode("whole")]).toContain(id);
      }
    },
  );
});
