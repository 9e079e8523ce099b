/** `evergate drill`: simulated faults in front of the configured routes, and what clients saw of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { type Loaded, loadConfig } from "../config/load.ts";
import { nearest } from "../config/nearest.ts";
import { openStore } from "../store/sqlite/store.ts";
import { builtInCourses } from "./drill/built-in.ts";
import { distinctModels, laneOf } from "./drill/lanes.ts";
import { type Heading, jsonReport, summaryOf, textReport } from "./drill/report.ts";
import { type Course, runDrill } from "./drill/run.ts";
import type { Scenario } from "./drill/scenario.ts";
import { SCENARIOS } from "./drill/scenarios.ts";
import { liftFetchLimit } from "./fetch-limit.ts";
import { faultLine } from "./start-error.ts";

interface Flags {
  config?: string;
  json?: boolean;
}

export function drill(program: Command): void {
  program
    .command("drill")
    .description("put simulated faults in front of the configured routes and show what clients see")
    .argument("[scenario...]", "only these, by the first column of the table")
    .option("-c, --config <file>", "configuration file (default: as for serve, else the drill's own)")
    .option("--json", "results for programs")
    .action(async (names: string[], flags: Flags) => {
      const scenarios = chosen(names);
      if (!scenarios) process.exit(2);
      // Whatever is refused falls back to the lower limit, which the drill stays under.
      liftFetchLimit(process.env);
      process.exit(await perform(scenarios, flags));
    });
}

/** Undefined, once told, when a name is unknown. */
function chosen(names: readonly string[]): readonly Scenario[] | undefined {
  const all = SCENARIOS.map(({ id }) => id);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length === 0) return names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ id }) => names.includes(id));
  for (const name of unknown) {
    const close = nearest(name, all);
    process.stderr.write(`error: there is no scenario "${name}".${close ? ` Did you mean "${close}"?` : ""}\n`);
  }
  process.stderr.write(`There are: ${all.join(", ")}\n`);
  return undefined;
}

/** How many times faster than the wall's clock the drill's goes: ten seconds of patience take half a second. */
const SPEED = 20;

/** The exit code. */
async function perform(scenarios: readonly Scenario[], { config: file, json }: Flags): Promise<number> {
  const loaded = await loadConfig({ file, directory: process.cwd(), environment: process.env, fetch });
  const prepared = await prepare(loaded);
  if ("faults" in prepared) {
    process.stderr.write(prepared.faults.map((line) => `${line}\n`).join(""));
    return 1;
  }
  const directory = mkdtempSync(join(tmpdir(), "evergate-drill-"));
  const store = await openStore({ path: directory });
  try {
    const onResult = process.stderr.isTTY ? showProgress : undefined;
    const results = await runDrill({ courses: prepared.courses, scenarios, store, speed: SPEED, onResult });
    const heading: Heading = { ...prepared.heading, speed: SPEED };
    await written(`${json ? jsonReport(results, heading) : textReport(results, heading)}\n`);
    return summaryOf(results).ok ? 0 : 1;
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

type Prepared = { courses: readonly Course[]; heading: Omit<Heading, "speed"> } | { faults: string[] };

async function prepare(loaded: Loaded): Promise<Prepared> {
  const { config, faults, file } = loaded;
  if (!config) return { faults: faults.map(faultLine) };
  if (file === null && config.providers.every(({ type }) => type === "simulated")) {
    const configuration = "the drill's own configuration: every dialect as the first provider and as the fallback";
    return { courses: await builtInCourses(), heading: { configuration, notes: [] } };
  }
  const courses: Course[] = [];
  const notes: string[] = [];
  for (const { name, others } of distinctModels(config)) {
    const lane = await laneOf(config, name, { client: "openai-chat" });
    if (!lane) notes.push(`${name} is left out: not all of its providers can be simulated.`);
    else courses.push({ lane, pooled: lane });
    if (lane && !lane.hasFallback)
      notes.push(
        `${name} has no fallback: a provider that stays down means an explicit error, and no more is expected.`,
      );
    if (lane && others.length > 0) notes.push(`${name} also stands for ${others.join(", ")}, which go the same way.`);
  }
  if (courses.length === 0) return { faults: ["There is no model to drill.", ...notes] };
  return { courses, heading: { configuration: file ?? "the environment", notes } };
}

function showProgress(done: number, total: number): void {
  process.stderr.write(done === total ? "\r\x1b[K" : `\rdrill ${done} of ${total}`);
}

/** A report may be larger than a pipe holds. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}
