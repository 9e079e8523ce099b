/**
 * `bun run test:corpus [provider …] [--write]`: replays recorded traffic of providers, each answer in every way a
 * network may cut it, and sends every recorded client request on to an upstream of its own dialect and, through the
 * compiled binary, to those of others. `--write` puts the result into docs/conformance.md. The recordings are looked for in EVERGATE_CORPUS, then in ../shared/corpus.
 */
import { existsSync } from "node:fs";
import { writeMarked } from "../conformance/marked.ts";
import { recordings } from "./cases.ts";
import { answered } from "./client-view.ts";
import { cutsOf } from "./cuts.ts";
import { overForeignProviders } from "./foreign.ts";
import { judge } from "./judge.ts";
import { operationRows } from "./operations.ts";
import { passThrough } from "./pass-through.ts";
import { type Row, reasonFor, reportOf } from "./report.ts";
import { translationFaults } from "./translation.ts";

/** Below it the run fails. */
const RIGHT_PERCENT = 98;

const root = process.env["EVERGATE_CORPUS"] ?? `${import.meta.dir}/../../../shared/corpus`;
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
if (!existsSync(root)) {
  console.log(`No recordings at ${root}: nothing to replay. EVERGATE_CORPUS names another directory.`);
  process.exit(0);
}

const { cases, elsewhere } = recordings(root);
const rows: Row[] = [];
for (const recording of cases.filter(({ provider }) => names.length === 0 || names.includes(provider))) {
  const faults = translationFaults(recording);
  for (const { name, chunks } of cutsOf(recording.body, recording.dialect, recording.framed)) {
    try {
      faults.push(...judge(recording, await answered(recording, chunks)).map((fault) => `${name}: ${fault}`));
    } catch (error) {
      faults.push(`${name}: threw ${error}`);
    }
    if (faults.length > 0) break;
  }
  rows.push({ name: recording.name, group: recording.provider, faults });
}
if (names.length === 0) rows.push(...operationRows(root), ...passThrough(root), ...(await overForeignProviders(root)));

const wrong = rows.filter(({ faults }) => faults.length > 0);
for (const { name, faults } of wrong)
  console.log(`${name}\n  ${faults.slice(0, 3).join("\n  ")}\n  ${reasonFor(name) ?? "no reason known"}`);
const percent = (100 * (rows.length - wrong.length)) / rows.length;
console.log(reportOf(rows, elsewhere));
console.log(`${rows.length - wrong.length} of ${rows.length} right (${percent.toFixed(1)} %)`);
if (process.argv.includes("--write") && names.length === 0) await writeMarked("recordings", reportOf(rows, elsewhere));
process.exit(percent < RIGHT_PERCENT ? 1 : 0);
