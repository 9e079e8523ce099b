/** Alerts and evals as they were written: conditions, quiet hours, checks, and names that point somewhere. */
import { METRICS, parseCondition } from "../telemetry/alerts/condition.ts";
import { parseQuiet } from "../telemetry/alerts/quiet.ts";
import { parseCheck } from "../telemetry/evals/check.ts";
import type { Fault } from "./fault.ts";
import { nearest } from "./nearest.ts";
import { type Path, printPath } from "./path.ts";
import { checkAllowedModel, type Names, type Report } from "./references.ts";

export function observeFaults(settings: Record<string, unknown>, names: Names): Fault[] {
  const faults: Fault[] = [];
  const report: Report = (path, message, near) =>
    faults.push({ path: printPath(path), message, ...(near !== undefined && { nearest: near }) });
  const evals = list(settings["evals"]).map(object);
  const evalNames = evals.map(({ name }) => name).filter((name) => typeof name === "string");
  checkRules(object(settings["alerts"]), evalNames, names, report);
  for (const [index, one] of evals.entries()) checkEval(["evals", index], one, names, report);
  repeated(evalNames, (name, index) => report(["evals", index, "name"], `two evals are called "${name}"`));
  return faults;
}

function checkRules(alerts: Record<string, unknown>, evals: readonly string[], names: Names, report: Report): void {
  const channels = Object.keys(alerts).filter((name) => name !== "rules");
  const rules = list(alerts["rules"]).map(object);
  for (const [index, rule] of rules.entries()) {
    const path: Path = ["alerts", "rules", index];
    checkWhen(path, rule, evals, names, report);
    for (const [at, to] of list(rule["to"]).entries()) {
      if (typeof to !== "string" || channels.includes(to)) continue;
      const known = channels.length > 0 ? `; there are ${channels.join(", ")}` : "; none is declared";
      report([...path, "to", at], `no channel "${to}" in alerts${known}`, nearest(to, channels));
    }
    const { quiet } = rule;
    if (typeof quiet === "string" && !parseQuiet(quiet))
      report([...path, "quiet"], 'must be hours of the day in UTC like "22:00-06:00"');
  }
  repeated(rules.map(ruleName), (name, index) =>
    report(["alerts", "rules", index, "name"], `two rules are called "${name}"; give each a name of its own`),
  );
}

const WITH_MODEL: readonly string[] = ["failover_rate", "error_rate", "p95_first_token_ms", "eval_score"];

function checkWhen(
  path: Path,
  { when, model, eval: evalName }: Record<string, unknown>,
  evals: readonly string[],
  names: Names,
  report: Report,
): void {
  if (typeof when !== "string") return;
  const parsed = parseCondition(when);
  if ("fault" in parsed) {
    const { fault, metric } = parsed;
    const listed = metric === undefined ? "" : `; there are ${Object.keys(METRICS).join(", ")}`;
    report(
      [...path, "when"],
      `${fault}${listed}`,
      metric === undefined ? undefined : nearest(metric, Object.keys(METRICS)),
    );
    return;
  }
  const { metric } = parsed.condition;
  if (model !== undefined && !WITH_MODEL.includes(metric)) report([...path, "model"], `${metric} is not by model`);
  else checkAllowedModel([...path, "model"], model, names, report);
  if (evalName === undefined) return;
  if (metric !== "eval_score") report([...path, "eval"], `${metric} is not by eval`);
  else if (typeof evalName === "string" && !evals.includes(evalName))
    report([...path, "eval"], `no eval "${evalName}"`, nearest(evalName, evals));
}

function checkEval(path: Path, one: Record<string, unknown>, names: Names, report: Report): void {
  const { check, judge, rubric, budgets } = one;
  if ((check === undefined) === (judge === undefined)) report(path, "needs either check or judge");
  checkAllowedModel([...path, "judge"], judge, names, report);
  if (rubric !== undefined && judge === undefined) report([...path, "rubric"], "is for a judge");
  if (typeof check !== "string") return;
  const parsed = parseCheck(check);
  if ("fault" in parsed) {
    const { fault, name, names: known = [] } = parsed;
    const listed = name === undefined ? "" : `; there are ${known.join(", ")}`;
    report([...path, "check"], `${fault}${listed}`, name === undefined ? undefined : nearest(name, known));
    return;
  }
  if (parsed.check.kind === "similarity") checkAllowedModel([...path, "check"], parsed.check.model, names, report);
  else if (budgets !== undefined) report([...path, "budgets"], "is for what asks a model: judge, or similarity");
}

/** What a rule is called where it has no name. */
export function ruleName({ name, when }: { name?: unknown; when?: unknown }): string {
  return typeof name === "string" ? name : String(when);
}

function repeated(names: readonly string[], report: (name: string, index: number) => void): void {
  for (const [index, name] of names.entries()) if (names.indexOf(name) < index) report(name, index);
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
