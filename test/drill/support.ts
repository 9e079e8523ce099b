/** Drills in the test's own process. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Course, type RunResult, runDrill } from "../../src/cli/drill/run.ts";
import type { Scenario } from "../../src/cli/drill/scenario.ts";
import { SCENARIOS } from "../../src/cli/drill/scenarios.ts";
import type { Config } from "../../src/config/config.ts";
import { resolveValue } from "../../src/config/load.ts";
import { openStore } from "../../src/store/sqlite/store.ts";

const SPEED = 20;

export async function drilled(courses: readonly Course[], scenarios: readonly Scenario[]): Promise<RunResult[]> {
  const directory = await mkdtemp(join(tmpdir(), "evergate-drill-test-"));
  const store = await openStore({ path: directory });
  try {
    return await runDrill({ courses, scenarios, store, speed: SPEED });
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export function named(...ids: string[]): Scenario[] {
  const found = SCENARIOS.filter(({ id }) => ids.includes(id));
  if (found.length !== ids.length) throw new Error(`no such scenario among ${ids.join(", ")}`);
  return found;
}

export async function configOf(value: object): Promise<Config> {
  const { config, faults } = await resolveValue(value, {
    file: null,
    directory: "/",
    environment: {},
    fetch: (url, init) => fetch(url, init),
  });
  if (!config) throw new Error(JSON.stringify(faults));
  return config;
}
