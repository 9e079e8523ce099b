/**
 * `bun run bench [--seconds N] [--rounds N] [--connections N] [--quick] [--json] [--profile] [--governed] [--baselines]`: the
 * compiled gateway beside nginx and a minimal Bun proxy, all in one run, taking turns on one core, with load generator
 * and upstream on the other. Everything stays on 127.0.0.1 and ends by itself. A full run writes docs/benchmarks.md.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { type Contender, GOVERNED, startContenders } from "./contenders.ts";
import { type Bench, type Figure, measure, medianFigure, startLoadGenerator, startUpstream } from "./measure.ts";
import { freePort } from "./processes.ts";
import { profileGateway } from "./profile.ts";
import { DIRECT, type Report, renderTables, writeDocs } from "./report.ts";
import type { Mode } from "./workload.ts";

const WARM_UP_SECONDS = 2;
/** Of the gateway's own highest rate: the load at which its added latency is stated. */
const PACED_SHARE = 0.5;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    profile: { type: "boolean", default: false },
    governed: { type: "boolean", default: false },
    baselines: { type: "boolean", default: false },
  },
});
const rounds = values.quick ? 1 : atLeastOne("rounds", values.rounds);
const seconds = values.quick ? 1 : atLeastOne("seconds", values.seconds);
const connections = atLeastOne("connections", values.connections);
if (availableParallelism() < 2) fail("The bench needs two cores: one for the proxies, one for the load.");

const directory = await mkdtemp(`${tmpdir()}/evergate-bench-`);
const upstream = await startUpstream(freePort());
const load = startLoadGenerator();
const bench: Bench = { load, upstream, connections, seconds };
try {
  if (values.profile) await profileGateway(bench, directory, values.governed);
  else await compare();
} finally {
  load.stop();
  await upstream.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit(0);

async function compare(): Promise<void> {
  const contenders = await startContenders(directory, upstream.port, !values.baselines);
  try {
    const report = await runRounds(contenders);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else console.log(renderTables(report));
    if (!values.quick && !values.json && !values.baselines) await writeDocs(report);
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
}

async function runRounds(contenders: Contender[]): Promise<Report> {
  const warmUp = { ...bench, seconds: values.quick ? 0.5 : WARM_UP_SECONDS };
  for (const proxy of [undefined, ...contenders]) {
    for (const mode of ["calls", "streams"] as const) await measure(warmUp, mode, proxy);
  }
  const seen: Record<string, Record<Mode, Figure[]>> = {};
  const entries: [string, Contender | undefined][] = [
    [DIRECT, undefined],
    ...contenders.map((contender): [string, Contender] => [contender.name, contender]),
  ];
  for (let round = 0; round < rounds; round++) {
    // Another goes first in each round, so that what drifts on the machine meets all alike.
    for (let turn = 0; turn < entries.length; turn++) {
      const [name, proxy] = entries[(turn + round) % entries.length]!;
      seen[name] ??= { calls: [], streams: [] };
      for (const mode of ["calls", "streams"] as const) {
        const figure = await measure(bench, mode, proxy);
        seen[name][mode].push(figure);
        if (!values.json) progress(`round ${round + 1}/${rounds} ${name} ${mode}`, figure);
      }
    }
  }
  const figures = Object.fromEntries(
    entries.map(([name]) => [
      name,
      { calls: medianFigure(seen[name]!.calls), streams: medianFigure(seen[name]!.streams) },
    ]),
  );
  const slowest = figures[GOVERNED] ?? Object.values(figures).at(-1)!;
  const pacedPerSecond = {
    calls: Math.floor(slowest.calls.perSecond * PACED_SHARE),
    streams: Math.floor(slowest.streams.perSecond * PACED_SHARE),
  };
  const paced: Report["paced"] = {};
  for (const [name, proxy] of entries) {
    paced[name] = {
      calls: await measure(bench, "calls", proxy, pacedPerSecond.calls),
      streams: await measure(bench, "streams", proxy, pacedPerSecond.streams),
    };
  }
  return { figures, paced, pacedPerSecond, rounds, seconds, connections };
}

function progress(label: string, figure: Figure): void {
  console.log(`${label}: ${figure.perSecond.toFixed(0)}/s${figure.failed > 0 ? `, ${figure.failed} FAILED` : ""}`);
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  return Number.isFinite(value) && value >= 1 ? value : fail(`--${name} must be a number of at least 1, not ${text}.`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
