/** `evergate doctor`: looks at everything a call depends on, and says what to do about each fault. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import { createManagers } from "../config/managers/managers.ts";
import { isInside } from "../config/path.ts";
import { lookAtAlerts } from "./doctor/alerts.ts";
import type { Finding } from "./doctor/finding.ts";
import { lookAtClock, lookAtDatabase, lookAtDisk, lookAtPrivacy } from "./doctor/machine.ts";
import { lookAtMade } from "./doctor/made.ts";
import { lookAtProvider, type ProviderLook } from "./doctor/providers.ts";
import { lookAtSecrets } from "./doctor/secrets.ts";
import { lookAtSignIn } from "./doctor/sign-in.ts";
import { realDeps } from "./real-deps.ts";
import { faultLine } from "./start-error.ts";

export function doctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "is each secret readable, each key accepted, each provider and alert channel reachable, the clock right, the database healthy",
    )
    .option("-c, --config <file>", "configuration file")
    .option("--json", "findings as JSON")
    .option("--send-test", "send one test message through every alert channel")
    .action(async ({ config, json, sendTest = false }: { config?: string; json?: boolean; sendTest?: boolean }) => {
      const findings = await examine(config, sendTest);
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : `${table(findings)}\n`);
      if (findings.some(({ verdict }) => verdict === "fail")) process.exitCode = 1;
    });
}

async function examine(file: string | undefined, sendTest: boolean): Promise<Finding[]> {
  const deps = realDeps(() => {});
  const environment = process.env;
  const managers = createManagers({ environment, ...deps });
  const request = { file, directory: process.cwd(), environment, fetch: deps.fetch };
  // First without secrets of managers: what cannot be read is a finding, and not the end of the examination.
  const written = await loadConfig(request);
  const secrets = await lookAtSecrets(written.config ? written.managed : [], managers);
  const loaded = secrets.unread.size > 0 ? written : await loadConfig({ ...request, secrets: managers.kept });
  managers.close();
  if (!loaded.config) {
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
  const made = await lookAtMade(loaded.config, environment, deps);
  const { config } = made;
  const looks = await Promise.all(
    config.providers.map((provider) =>
      isUnread(provider.name, secrets.unread)
        ? unreadProvider(provider.name)
        : lookAtProvider(provider, deps, config.server.allowPrivateNetwork),
    ),
  );
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
    ...secrets.findings,
    ...made.findings,
    ...looks.flatMap(({ findings }) => findings),
    ...(await lookAtAlerts(config.alerts, { deps, sendTest, unread: secrets.unread })),
    ...(await lookAtSignIn(config, { deps, unread: secrets.unread })),
    lookAtClock(looks.flatMap(({ clockSkewMs }) => (clockSkewMs === undefined ? [] : [clockSkewMs]))),
    lookAtDisk(config.store.path),
    ...lookAtPrivacy(config.store.path),
    await lookAtDatabase(config.store.path),
  ];
}

function isUnread(provider: string, unread: ReadonlySet<string>): boolean {
  return [...unread].some((place) => isInside(place, ["providers", provider]));
}

function unreadProvider(subject: string): ProviderLook {
  return { findings: [{ area: "provider", subject, verdict: "skip", detail: "its secret could not be read" }] };
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
