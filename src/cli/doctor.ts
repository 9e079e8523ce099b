/** `evergate doctor`: looks at everything a call depends on, and says what to do about each fault. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Finding } from "./doctor/finding.ts";
import { lookAtClock, lookAtDatabase, lookAtDisk } from "./doctor/machine.ts";
import { lookAtProvider } from "./doctor/providers.ts";
import { realDeps } from "./real-deps.ts";
import { faultLine } from "./start-error.ts";

export function doctor(program: Command): void {
  program
    .command("doctor")
    .description("is each key accepted, each provider reachable, the clock right, the database healthy")
    .option("-c, --config <file>", "configuration file")
    .option("--json", "findings as JSON")
    .action(async ({ config, json }: { config?: string; json?: boolean }) => {
      const findings = await examine(config);
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : `${table(findings)}\n`);
      if (findings.some(({ verdict }) => verdict === "fail")) process.exitCode = 1;
    });
}

async function examine(file: string | undefined): Promise<Finding[]> {
  const deps = realDeps(() => {});
  const loaded = await loadConfig({ file, directory: process.cwd(), environment: process.env, fetch: deps.fetch });
  const { config } = loaded;
  if (!config) {
    const remedy = "Correct the configuration; `evergate check` says the same without looking further.";
    return loaded.faults.map((fault) => ({
      area: "config",
      subject: loaded.file ?? "environment",
      verdict: "fail",
      detail: faultLine(fault),
      remedy,
    }));
  }
  const subject = loaded.file ?? "environment";
  const looks = await Promise.all(config.providers.map((provider) => lookAtProvider(provider, deps)));
  return [
    {
      area: "config",
      subject,
      verdict: "ok",
      detail: `${config.providers.length} providers, ${config.models.length} models, ${config.access.keys.length} virtual keys`,
    },
    ...loaded.warnings.map(
      (fault): Finding => ({ area: "config", subject, verdict: "warn", detail: faultLine(fault) }),
    ),
    ...looks.flatMap(({ findings }) => findings),
    lookAtClock(looks.flatMap(({ clockSkewMs }) => (clockSkewMs === undefined ? [] : [clockSkewMs]))),
    lookAtDisk(config.store.path),
    await lookAtDatabase(config.store.path),
  ];
}

const MARKS: Record<Finding["verdict"], string> = { ok: "ok  ", warn: "WARN", fail: "FAIL", skip: "–   " };

function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const lines = findings.flatMap(({ area, subject, verdict, detail, remedy }) => [
    `${MARKS[verdict]}  ${area.padEnd(8)}  ${subject.padEnd(width)}  ${detail}`,
    ...(remedy === undefined ? [] : [`${" ".repeat(16 + width)}  → ${remedy}`]),
  ]);
  const count = (verdict: Finding["verdict"]) => findings.filter((finding) => finding.verdict === verdict).length;
  return [...lines, "", `${count("fail")} to repair, ${count("warn")} to look at, ${count("ok")} well.`].join("\n");
}
