/**
 * `bun run bench:resilience`: the figures of the router's promises, by simulation: the product's own router and
 * dialects, upstreams and time simulated, the same figures on every machine. Writes them into docs/benchmarks.md;
 * `--print` only shows them.
 */
import { seededRandom } from "../../test/support/seeded-random.ts";
import { ANSWER, CUT_DIALECTS, runCut, streamBytes } from "./cuts.ts";
import type { LimitForm } from "./enforced-limit.ts";
import { type HedgeFigures, runHedge } from "./hedge.ts";
import { type PhaseFigures, runLatency } from "./latency.ts";
import { type QuotaFigures, runRoundRobin, runRouter } from "./quota.ts";

const FILE = `${import.meta.dir}/../../docs/benchmarks.md`;
const BEGIN = "<!-- resilience: written by `bun run bench:resilience` -->";
const END = "<!-- end of resilience -->";

const started = performance.now();
const parts = [await quotaPart(), await latencyPart(), await hedgePart(), await cutsPart()];
const text = parts.join("\n\n");
console.log(text);
console.error(`${((performance.now() - started) / 1_000).toFixed(0)} s`);
if (!process.argv.includes("--print")) await write(text);

async function write(figures: string): Promise<void> {
  const file = await Bun.file(FILE).text();
  const [from, to] = [file.indexOf(BEGIN), file.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no part between ${BEGIN} and ${END}`);
  await Bun.write(FILE, `${file.slice(0, from + BEGIN.length)}\n\n${figures}\n\n${file.slice(to)}`);
}

async function quotaPart(): Promise<string> {
  const forms: [LimitForm, string][] = [
    ["bucket", "token bucket, told in headers"],
    ["window", "window of a minute, told in headers"],
    ["silent", "token bucket, nothing told but 429"],
  ];
  const rows: string[][] = [];
  for (const [form, label] of forms) {
    for (const perMinute of [
      [600, 600, 600],
      [900, 600, 300],
    ]) {
      const scenario = { form, perMinute, load: 0.95, calls: 20_000, seed: 7 };
      const name = `${label}; ${perMinute.join(", ")} a minute`;
      rows.push([name, "Evergate", ...quotaCells(await runRouter(scenario))]);
      rows.push(["", "round-robin with retry", ...quotaCells(await runRoundRobin(scenario))]);
    }
  }
  for (const [form, label] of [forms[0]!, forms[2]!]) {
    const scenario = { form, perMinute: [900, 600, 300], load: 1.3, calls: 20_000, seed: 7 };
    rows.push([`${label}; 900, 600, 300 a minute, 130 % load`, "Evergate", ...quotaCells(await runRouter(scenario))]);
    rows.push(["", "round-robin with retry", ...quotaCells(await runRoundRobin(scenario))]);
  }
  return section(
    "Key pools",
    "Three keys with enforced limits, Poisson arrivals at 95 % of what the keys allow together, 20,000 calls, answers in lognormal time (median 400 ms). Round-robin with retry takes the keys in turn and, after a 429, waits as told or with growing jitter, five times at most. Goodput: calls that got through while calls came, of what the keys allowed in that time (or of all calls, where those were fewer).",
    table(
      ["limit", "", "429s from upstream, % of calls", "goodput, %", "answered, %", "p99 wait before sending, ms"],
      rows,
    ),
  );
}

function quotaCells({ percent429, goodputPercent, answeredPercent, p99WaitMs }: QuotaFigures): string[] {
  return [percent429.toFixed(2), goodputPercent.toFixed(1), answeredPercent.toFixed(1), p99WaitMs.toFixed(0)];
}

async function latencyPart(): Promise<string> {
  const rows: string[][] = [];
  for (const callsPerSecond of [10, 30]) {
    for (const strategy of ["latency", "round-robin"] as const) {
      const { before, during, after, leftAfterMs, backAfterMs } = await runLatency({
        strategy,
        callsPerSecond,
        phaseMs: 120_000,
        seed: 1,
      });
      const times = strategy === "latency" ? [seconds(leftAfterMs), seconds(backAfterMs)] : ["–", "–"];
      rows.push([`${callsPerSecond} calls/s`, strategy, ...[before, during, after].map(phaseCell), ...times]);
    }
  }
  return section(
    "Latency routing",
    "Three targets, first tokens in lognormal time (median 400 ms, σ 0.35); one of them is ten times slower for two minutes. Cells: its share of the calls, p50 / p95 time to first token over all calls.",
    table(["", "strategy", "before", "during", "after", "left after", "back after"], rows),
  );
}

function phaseCell({ slowSharePercent, p50FirstMs, p95FirstMs }: PhaseFigures): string {
  return `${slowSharePercent.toFixed(1)} %, ${p50FirstMs.toFixed(0)} / ${p95FirstMs.toFixed(0)} ms`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

async function hedgePart(): Promise<string> {
  const calls = 10_000;
  const rows: string[][] = [];
  for (const seed of [1, 2, 3]) {
    const off = await runHedge({ hedge: null, calls, seed });
    const on = await runHedge({ hedge: { afterMs: "p95", budgetPercent: 3 }, calls, seed });
    const factor = `${(off.p99FirstMs / on.p99FirstMs).toFixed(1)}×`;
    rows.push([`seed ${seed}`, "off", ...hedgeCells(off), "0", ""]);
    rows.push(["", 'afterMs "p95", 3 %', ...hedgeCells(on), on.extraPercent.toFixed(2), factor]);
  }
  return section(
    "Hedging",
    "One target with two keys, first tokens in lognormal time (median 400 ms, σ 0.4), two calls of a hundred stall for ten seconds more; the second attempts stall as often. 10,000 calls after 200 to learn from. Milliseconds to first token.",
    table(["", "hedge", "p50", "p95", "p99", "extra calls, %", "p99 falls"], rows),
  );
}

function hedgeCells({ p50FirstMs, p95FirstMs, p99FirstMs }: HedgeFigures): string[] {
  return [p50FirstMs, p95FirstMs, p99FirstMs].map((ms) => ms.toFixed(0));
}

async function cutsPart(): Promise<string> {
  const perPair = 300;
  const random = seededRandom(99);
  const sums = { cuts: 0, continued: 0, whole: 0, lost: 0, fake: 0, honest: 0, uncut: 0, differs: 0 };
  for (const source of CUT_DIALECTS) {
    const length = await streamBytes(source);
    for (const target of CUT_DIALECTS) {
      for (let seed = 1; seed <= perPair; seed++) {
        const { text, finished, failed, continued } = await runCut(source, target, seed, Math.floor(random() * length));
        sums.cuts += 1;
        if (continued) sums.continued += 1;
        if (text === ANSWER && finished && !failed) sums.whole += 1;
        else if (failed && !finished && ANSWER.startsWith(text)) sums.honest += 1;
        else if (finished && !failed && ANSWER.startsWith(text)) sums.fake += 1;
        else sums.lost += 1;
      }
    }
    for (let seed = 1; seed <= perPair; seed++) {
      const { text, finished, failed, continued } = await runCut(source, source, seed, null);
      sums.uncut += 1;
      if (text !== ANSWER || !finished || failed || continued) sums.differs += 1;
    }
  }
  return section(
    "Continuation",
    `Streams of ${CUT_DIALECTS.map(({ name }) => name).join(", ")}, each cut at random bytes (broken framing, reset, or a clean end that lies; whole packets or bytes at a time) and continued in each of these dialects; read by the client of the first one.`,
    table(
      ["", "streams"],
      [
        ["cut", String(sums.cuts)],
        ["continued on the other target", String(sums.continued)],
        ["the client has the whole answer, nothing lost, nothing twice", String(sums.whole)],
        ["characters lost, doubled or changed", String(sums.lost)],
        ["cut streams that look like success", String(sums.fake)],
        ["ended with an explicit error", String(sums.honest)],
        ["not cut", String(sums.uncut)],
        ["of these, with any difference", String(sums.differs)],
      ],
    ),
  );
}

function section(title: string, words: string, figures: string): string {
  return `### ${title}\n\n${words}\n\n${figures}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
