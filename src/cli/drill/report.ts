/** The drill's results as a table for people and as JSON for programs. */
import type { RunResult } from "./run.ts";
import type { Scenario } from "./scenario.ts";

export interface Summary {
  faults: Tally;
  further: Tally;
  /** Single runs: a scenario on one lane in one mode. */
  runs: { passed: number; failed: number; skipped: number };
  ok: boolean;
}

/** Scenarios all of whose runs passed, of those that had any. */
interface Tally {
  passed: number;
  total: number;
  /** Scenarios that say nothing about this configuration. */
  skipped: string[];
}

export function summaryOf(results: readonly RunResult[]): Summary {
  const count = (verdict: RunResult["verdict"]) => results.filter((result) => result.verdict === verdict).length;
  const failed = count("fail");
  return {
    faults: tally(results, "fault"),
    further: tally(results, "further"),
    runs: { passed: count("pass"), failed, skipped: count("skip") },
    ok: failed === 0,
  };
}

function tally(results: readonly RunResult[], kind: Scenario["kind"]): Tally {
  const names = [...new Set(results.filter((result) => result.kind === kind).map(({ scenario }) => scenario))];
  const verdicts = names.map((name) => ({
    name,
    all: results.filter(({ scenario }) => scenario === name).map(({ verdict }) => verdict),
  }));
  const ran = verdicts.filter(({ all }) => all.some((verdict) => verdict !== "skip"));
  return {
    passed: ran.filter(({ all }) => !all.includes("fail")).length,
    total: ran.length,
    skipped: verdicts.filter(({ all }) => all.every((verdict) => verdict === "skip")).map(({ name }) => name),
  };
}

export interface Heading {
  configuration: string;
  speed: number;
  notes: readonly string[];
}

export function jsonReport(results: readonly RunResult[], heading: Heading): string {
  return JSON.stringify({ ...heading, summary: summaryOf(results), results }, null, 2);
}

const COLUMNS = ["scenario", "fault", "mode", "upstream", "client", "saw", "attempts", "time", "verdict"] as const;

export function textReport(results: readonly RunResult[], { configuration, speed, notes }: Heading): string {
  const lanes = [...new Set(results.map(({ lane }) => lane))];
  const rows = results.map((result) => rowOf(result, lanes));
  const widths = COLUMNS.map((name, index) => Math.max(name.length, ...rows.map((row) => row[index]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join("  ")
      .trimEnd();
  return [
    `Fire drill of ${configuration}`,
    `Times are the configured ones; the drill's clock goes ${speed} times as fast as the wall's.`,
    ...notes,
    ...lanes.map((lane, index) => `  ${index + 1}  ${lane}`),
    "",
    line(COLUMNS),
    ...results.flatMap((result, index) => [line(rows[index]!), ...failureLines(result)]),
    "",
    summaryLine(summaryOf(results)),
  ].join("\n");
}

function rowOf(result: RunResult, lanes: readonly string[]): string[] {
  const { scenario, title, mode, lane, upstream, client, saw, attempts, ms, verdict, reasons, note } = result;
  const skipped = verdict === "skip";
  return [
    scenario,
    title,
    mode,
    `${lanes.indexOf(lane) + 1} ${upstream}`,
    client,
    skipped ? `not tried: ${reasons.join("; ")}` : note ? `${saw} (${note})` : saw,
    skipped ? "" : `${attempts.primary}+${attempts.others}`,
    skipped ? "" : `${(ms / 1000).toFixed(1)} s`,
    VERDICTS[verdict],
  ];
}

const VERDICTS: Readonly<Record<RunResult["verdict"], string>> = { pass: "pass", fail: "FAIL", skip: "-" };

function failureLines({ verdict, reasons }: RunResult): string[] {
  return verdict === "fail" ? reasons.map((reason) => `    does not hold: ${reason}`) : [];
}

function summaryLine({ faults, further, runs }: Summary): string {
  const skipped = [...faults.skipped, ...further.skipped];
  const parts = [`${faults.passed}/${faults.total} faults`, `${further.passed}/${further.total} further`];
  return [
    `${parts.join(", ")} (${runs.passed} of ${runs.passed + runs.failed} runs passed)`,
    ...(skipped.length > 0 ? [`Not applicable here: ${skipped.join(", ")}.`] : []),
  ].join("\n");
}
