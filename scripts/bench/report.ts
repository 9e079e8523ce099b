import { cpus, release, totalmem } from "node:os";
import { resolve } from "node:path";
import { version } from "../../package.json";
import { MINIMAL, NGINX } from "./contenders.ts";
import type { Figure } from "./measure.ts";
import { type Mode, STREAM_CHUNKS } from "./workload.ts";

export const DIRECT = "no proxy";

export interface Report {
  /** By contender, medians over the rounds. */
  figures: Record<string, Record<Mode, Figure>>;
  /** The same at one fixed rate for all, at which none is busy. */
  paced: Record<string, Record<Mode, Figure>>;
  pacedPerSecond: Record<Mode, number>;
  rounds: number;
  seconds: number;
  connections: number;
}

/** Beyond this share of its core the load side may be what holds a figure down. */
const LOAD_CORE_FULL = 0.95;

interface Column {
  title: string;
  of(figure: Figure): number;
  digits: number;
}

const BASE_COLUMNS: Column[] = [
  { title: "p50 ms", of: (figure) => figure.p50Ms, digits: 2 },
  { title: "p99 ms", of: (figure) => figure.p99Ms, digits: 2 },
];
const LAST_COLUMNS: Column[] = [
  { title: "CPU µs each", of: (figure) => figure.cpuUsPerRequest, digits: 1 },
  { title: "memory MB", of: (figure) => figure.residentBytes / 1e6, digits: 0 },
];
const COLUMNS: Record<Mode, Column[]> = {
  calls: [{ title: "calls/s", of: (figure) => figure.perSecond, digits: 0 }, ...BASE_COLUMNS, ...LAST_COLUMNS],
  streams: [
    { title: "streams/s", of: (figure) => figure.perSecond, digits: 0 },
    { title: "first byte p50 ms", of: (figure) => figure.firstByteP50Ms, digits: 2 },
    { title: "first byte p99 ms", of: (figure) => figure.firstByteP99Ms, digits: 2 },
    ...BASE_COLUMNS,
    ...LAST_COLUMNS,
  ],
};

/** Markdown tables: figures, then each as a ratio to nginx and to the minimal proxy. */
export function renderTables(report: Report): string {
  const parts: string[] = [];
  for (const mode of ["calls", "streams"] as const) {
    const rows = Object.fromEntries(Object.entries(report.figures).map(([name, figures]) => [name, figures[mode]]));
    parts.push(
      mode === "calls" ? "### Calls" : `### Streams of ${STREAM_CHUNKS} events`,
      figuresTable(rows, COLUMNS[mode]),
    );
    for (const reference of [NGINX, MINIMAL]) {
      if (rows[reference]) parts.push(`As a multiple of ${reference}:`, ratioTable(rows, reference, COLUMNS[mode]));
    }
  }
  parts.push("### Added latency at half load", pacedTable(report), notes(report));
  return parts.join("\n\n");
}

function figuresTable(rows: Record<string, Figure>, columns: Column[]): string {
  const lines = Object.entries(rows).map(([name, figure]) => [
    name,
    ...columns.map((column, at) => {
      const value = column.of(figure) === 0 ? "–" : column.of(figure).toFixed(column.digits);
      return at === 0 && figure.loadCoreShare > LOAD_CORE_FULL ? `≥ ${value}` : value;
    }),
    `${(figure.loadCoreShare * 100).toFixed(0)} %`,
  ]);
  return table(["", ...columns.map((column) => column.title), "load core busy"], lines);
}

function ratioTable(rows: Record<string, Figure>, reference: string, columns: Column[]): string {
  const base = rows[reference]!;
  const lines = Object.entries(rows)
    .filter(([name]) => name !== reference && name !== DIRECT)
    .map(([name, figure]) => [name, ...columns.map((column) => (column.of(figure) / column.of(base)).toFixed(2))]);
  return table(["", ...columns.map((column) => column.title.replace(/ (?:ms|MB|µs each)$/, ""))], lines);
}

/** What each proxy adds to the upstream's own time, where requests come at a rate that leaves it half idle. */
function pacedTable({ paced, pacedPerSecond }: Report): string {
  const direct = paced[DIRECT]!;
  const lines = Object.entries(paced)
    .filter(([name]) => name !== DIRECT)
    .map(([name, { calls, streams }]) => [
      name,
      (calls.p50Ms - direct.calls.p50Ms).toFixed(2),
      (calls.p99Ms - direct.calls.p99Ms).toFixed(2),
      (streams.firstByteP50Ms - direct.streams.firstByteP50Ms).toFixed(2),
      (streams.firstByteP99Ms - direct.streams.firstByteP99Ms).toFixed(2),
    ]);
  const [calls, streams] = [`${pacedPerSecond.calls} calls/s`, `${pacedPerSecond.streams} streams/s`];
  const head = ["", `${calls}: p50 ms`, "p99 ms", `${streams}: first byte p50 ms`, "first byte p99 ms"];
  return table(head, lines);
}

function notes(report: Report): string {
  const lines: string[] = [];
  for (const [phase, all] of [
    ["", report.figures],
    [" at half load", report.paced],
  ] as const) {
    for (const [name, figures] of Object.entries(all)) {
      for (const mode of ["calls", "streams"] as const) {
        const { failed, firstFailure } = figures[mode];
        if (failed > 0) lines.push(`${name}${phase}: ${failed} ${mode} FAILED, first: ${firstFailure}`);
      }
    }
  }
  if (lines.length === 0) lines.push("No request failed.");
  lines.push("≥: the load side's core was full, so the proxy could do more.");
  return lines.join(" ");
}

function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join(" | ")} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

const DOCS = resolve(import.meta.dir, "../../docs/benchmarks.md");
const BEGIN = "<!-- figures: written by `bun run bench` -->";
const END = "<!-- end of figures -->";

/** Puts the figures between the two marks of docs/benchmarks.md and leaves the text around them as it is. */
export async function writeDocs(report: Report): Promise<void> {
  const text = await Bun.file(DOCS).text();
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCS} has lost the marks between which the figures go.`);
  const figures = [BEGIN, conditions(report), renderTables(report), END].join("\n\n");
  await Bun.write(DOCS, text.slice(0, begin) + figures + text.slice(end + END.length));
}

function conditions(report: Report): string {
  const { rounds, seconds, connections } = report;
  const machine = `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 1e9).toFixed(0)} GB, Linux ${release()}`;
  return [
    `Evergate ${version} on Bun ${Bun.version}, ${new Date().toISOString().slice(0, 10)}. ${machine}.`,
    `${rounds} rounds of ${seconds} s for each figure (medians), ${connections} connections.`,
  ].join(" ");
}
