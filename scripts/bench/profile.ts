import { readdir } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { startGateway } from "./contenders.ts";
import { type Bench, measure } from "./measure.ts";
import type { Mode } from "./workload.ts";

const ROOT = resolve(import.meta.dir, "../..");
const TOP = 30;

/** The part of V8's .cpuprofile format that is read here. */
interface CpuProfile {
  nodes: ProfileNode[];
  samples: number[];
  timeDeltas: number[];
}

interface ProfileNode {
  id: number;
  children?: number[];
  callFrame: { functionName: string; url: string; lineNumber: number };
}

/** Runs the gateway from source under Bun's sampling profiler, once with calls and once with streams. */
export async function profileGateway(bench: Bench, directory: string, governed: boolean): Promise<void> {
  for (const mode of ["calls", "streams"] as const) {
    const profiles = `${directory}/profile-${mode}`;
    const program = [process.execPath, "--cpu-prof", `--cpu-prof-dir=${profiles}`, `${ROOT}/src/main.ts`];
    const gateway = await startGateway(program, `${directory}/${mode}`, bench.upstream.port, governed);
    const figure = await measure(bench, mode, gateway);
    await gateway.stop();
    const file = (await readdir(profiles)).find((name) => name.endsWith(".cpuprofile"));
    if (!file) throw new Error(`Bun wrote no profile into ${profiles}.`);
    console.log(
      `\n${mode}: ${figure.perSecond.toFixed(0)}/s under the profiler, ${figure.failed} failed ${figure.firstFailure ?? ""}\n`,
    );
    console.log(renderProfile((await Bun.file(`${profiles}/${file}`).json()) as CpuProfile, mode, figure.completed));
  }
}

function renderProfile(profile: CpuProfile, mode: Mode, completed: number): string {
  const names = labels(profile.nodes);
  const selfUs = new Map<string, number>();
  let totalUs = 0;
  profile.samples.forEach((id, at) => {
    const name = names.get(id) ?? "(unknown)";
    const us = profile.timeDeltas[at] ?? 0;
    totalUs += us;
    selfUs.set(name, (selfUs.get(name) ?? 0) + us);
  });
  const rows = [...selfUs].sort((a, b) => b[1] - a[1]).slice(0, TOP);
  const head = `   share  µs/${mode === "calls" ? "call  " : "stream"}  self time in`;
  const line = ([name, us]: [string, number]) =>
    `${((us / totalUs) * 100).toFixed(1).padStart(6)} %  ${(us / Math.max(1, completed)).toFixed(2).padStart(9)}  ${name}`;
  return [head, ...rows.map(line)].join("\n");
}

/** Names by node. The runtime's own functions have no file: they are shown under the function of ours that called them. */
function labels(nodes: ProfileNode[]): Map<number, string> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const caller = (id: number): ProfileNode | undefined => {
    const parent = byId.get(parents.get(id) ?? Number.NaN);
    return parent === undefined || parent.callFrame.url ? parent : caller(parent.id);
  };
  return new Map(
    nodes.map((node) => {
      if (node.callFrame.url) return [node.id, label(node)];
      const from = caller(node.id);
      return [node.id, from ? `${label(node)}  from ${label(from)}` : label(node)];
    }),
  );
}

function label({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const place = url ? `  ${relative(ROOT, url.replace(/^file:\/\//, ""))}:${lineNumber + 1}` : "";
  return `${functionName || "(anonymous)"}${place}`;
}
