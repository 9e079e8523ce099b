/** Providers and models made by API: whether the master key opens them, and whether they are in force. */
import type { Deps } from "../../canonical/deps.ts";
import type { Config } from "../../config/config.ts";
import { readStoredRouting } from "../stored-routing.ts";
import type { Finding } from "./finding.ts";

export interface MadeLook {
  /** With what was made by API, as a server would have it in force. */
  config: Config;
  findings: Finding[];
}

export async function lookAtMade(
  file: Config,
  environment: Readonly<Record<string, string | undefined>>,
  deps: Deps,
): Promise<MadeLook> {
  const made = await readStoredRouting(file, environment, deps);
  if (!made) return { config: file, findings: [] };
  if ("fault" in made) {
    const finding: Finding = {
      area: "secrets",
      subject: "master key",
      verdict: "fail",
      detail: "does not open what is sealed",
      remedy: made.fault,
    };
    return { config: file, findings: [finding] };
  }
  const remedy = "Change or remove it: /admin/providers and /admin/models, or the dashboard.";
  const warnings = made.warnings.map(
    (detail): Finding => ({ area: "config", subject: "made by API", verdict: "warn", detail, remedy }),
  );
  const key: Finding = { area: "secrets", subject: "master key", verdict: "ok", detail: "opens what is sealed" };
  return { config: made.config, findings: [key, ...warnings] };
}
