/** Runs the drill: every scenario on every lane in every mode, side by side where they do not disturb each other. */
import { createEstimator } from "../../budget/estimate.ts";
import type { Store } from "../../store/ports.ts";
import { realDeps } from "../real-deps.ts";
import { startWorld, type WorldOptions } from "./bench.ts";
import { ALWAYS } from "./checks.ts";
import { fastClock } from "./fast-clock.ts";
import type { Lane } from "./lanes.ts";
import { sawText } from "./saw-text.ts";
import type { Mode, Scenario, Seen } from "./scenario.ts";

export interface Course {
  lane: Lane;
  /** For scenarios about a pool of keys. */
  pooled: Lane;
}

export interface RunResult {
  scenario: string;
  kind: Scenario["kind"];
  title: string;
  mode: Mode;
  lane: string;
  model: string;
  client: string;
  upstream: string;
  verdict: "pass" | "fail" | "skip";
  /** What the client saw, in words. */
  saw: string;
  /** Requests at the first provider and at all others. */
  attempts: { primary: number; others: number };
  /** The drill's milliseconds from the first call to the end of the last. */
  ms: number;
  /** Expectations that did not hold, or why the scenario does not apply. */
  reasons: string[];
  /** What the configuration cannot do, whatever the gateway does. */
  note?: string;
}

export interface DrillOptions {
  courses: readonly Course[];
  scenarios: readonly Scenario[];
  store: Store;
  /** How many times faster than the wall clock the drill's time goes. */
  speed: number;
  onResult?: (done: number, total: number) => void;
}

/** Side by side; most of a run is waiting. */
const RUNS_AT_ONCE = 24;

interface Run {
  id: string;
  scenario: Scenario;
  lane: Lane;
  mode: Mode;
}

/** In the order of scenarios, lanes and modes. */
export async function runDrill(options: DrillOptions): Promise<RunResult[]> {
  const clock = fastClock(options.speed);
  const shared: Shared = {
    deps: { ...realDeps(() => {}), clock },
    store: options.store,
    estimate: createEstimator().estimate,
  };
  const runs = plannedRuns(options);
  const results: RunResult[] = [];
  let done = 0;
  const perform = async (index: number) => {
    results[index] = await performed(runs[index]!, shared);
    done += 1;
    options.onResult?.(done, runs.length);
  };
  const positions = runs.map((_, index) => index);
  try {
    const together = positions.filter((index) => !runs[index]!.scenario.alone);
    await Promise.all(
      Array.from({ length: RUNS_AT_ONCE }, async () => {
        for (let index = together.shift(); index !== undefined; index = together.shift()) await perform(index);
      }),
    );
    for (const index of positions.filter((position) => runs[position]!.scenario.alone)) await perform(index);
  } finally {
    clock.stop();
  }
  return results;
}

function plannedRuns({ scenarios, courses }: DrillOptions): Run[] {
  return scenarios
    .flatMap((scenario) =>
      courses.flatMap(({ lane, pooled }) =>
        (scenario.modes ?? (["stream", "whole"] as const)).map((mode) => ({
          scenario,
          lane: scenario.pool ? pooled : lane,
          mode,
        })),
      ),
    )
    .map((run, index) => ({ ...run, id: String(index) }));
}

type Shared = Pick<WorldOptions, "deps" | "store" | "estimate">;

async function performed({ id, scenario, lane, mode }: Run, shared: Shared): Promise<RunResult> {
  const { kind, title } = scenario;
  const { label, model, client, upstream } = lane;
  const base = { scenario: scenario.id, kind, title, mode, lane: label, model, client, upstream };
  const inapplicable = scenario.inapplicable?.(lane);
  if (inapplicable !== undefined) {
    const nothing = { attempts: { primary: 0, others: 0 }, ms: 0 };
    return { ...base, ...nothing, verdict: "skip", saw: "", reasons: [inapplicable] };
  }
  const limits = lane.limits[mode];
  const world = await startWorld({ lane, scenario, limits, id, ...shared });
  try {
    if (scenario.calls) await scenario.calls(world.bench, mode);
    else await world.bench.ask({ stream: mode === "stream" });
    const seen = world.seen();
    const reasons = [...ALWAYS, ...scenario.expect(lane, limits, mode)]
      .filter((check) => !check.holds(seen))
      .map(({ says }) => says);
    return {
      ...base,
      verdict: reasons.length > 0 ? "fail" : "pass",
      saw: sawText(seen),
      attempts: { primary: seen.primary.length, others: seen.others.length },
      ms: Math.round(durationOf(seen)),
      reasons,
      ...(!lane.hasFallback && { note: "no fallback configured" }),
    };
  } finally {
    await world.stop();
  }
}

function durationOf({ calls }: Seen): number {
  const ends = calls.map(({ startMs, tookMs }) => startMs + tookMs);
  return Math.max(0, ...ends) - Math.min(...calls.map(({ startMs }) => startMs));
}
