/** GET /admin/alerts: what is pending, firing and over. GET /admin/alerts/rules. POST /admin/alerts/test. */
import type { AlertRow } from "../../store/alert-ports.ts";
import type { RuleStatus } from "../../telemetry/alerts/alerts.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { readBody } from "./body.ts";
import { readChoice, readLimit, readQuery, refused } from "./query.ts";

const STATES = ["pending", "firing", "resolved"] as const;

/** Newest first. Pending ones are held in memory alone and come before all, on the first page. */
export async function listAlerts(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["state", "rule", "limit", "cursor"]);
  const state = readChoice("state", query.state, STATES);
  const limit = readLimit(query.limit);
  const { rules, list } = exchange.ports.admin.alerts;
  const running = rules();
  const pending = running.filter(
    (rule) => rule.state === "pending" && (state ?? "pending") === "pending" && (query.rule ?? rule.rule) === rule.rule,
  );
  const shown = query.cursor === undefined ? pending.map(pendingJson) : [];
  if (state === "pending") return json(exchange, { data: shown, next: null });
  const { data, next } = await list({ rule: query.rule, state }, { limit, cursor: query.cursor });
  return json(exchange, { data: [...shown, ...data.map((row) => alertJson(row, running))], next });
}

export function listAlertRules(exchange: Exchange): Response {
  readQuery(exchange.request.url, []);
  const data = exchange.ports.admin.alerts.rules().map((rule) => ({
    rule: rule.rule,
    when: rule.when,
    metric: rule.metric,
    threshold: rule.threshold,
    model: rule.model,
    eval: rule.eval,
    to: rule.to,
    quiet: rule.quiet,
    is_quiet: rule.isQuiet,
    state: rule.state,
    value: rule.value,
    details: rule.details,
    pending_since: time(rule.pendingSinceMs),
    alert_id: rule.episode,
  }));
  return json(exchange, { data, next: null });
}

/** 502 with what the channel said where it did not take the message. */
export async function testAlert(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const { channel, ...others } = await readBody(exchange);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}"; the body has channel.`);
  if (typeof channel !== "string" || channel === "")
    throw refused("channel", "channel must name a configured channel.");
  await exchange.ports.admin.alerts.test(channel);
  return json(exchange, { channel, delivered: true });
}

function alertJson(row: AlertRow, rules: readonly RuleStatus[]): Record<string, unknown> {
  const current = rules.find(({ episode }) => episode === row.id);
  return {
    id: row.id,
    rule: row.rule,
    when: row.when,
    metric: row.metric,
    threshold: row.threshold,
    state: row.resolvedAtMs === null ? "firing" : "resolved",
    value: current ? current.value : row.value,
    worst: row.worst,
    details: row.details,
    pending_since: time(row.pendingSinceMs),
    fired_at: time(row.firedAtMs),
    resolved_at: time(row.resolvedAtMs),
    resolution: row.resolution,
    notices: row.notices.map(({ channel, told, atMs, failures, error }) => ({
      channel,
      told,
      at: time(atMs),
      failures,
      error,
    })),
  };
}

function pendingJson(rule: RuleStatus): Record<string, unknown> {
  return {
    id: null,
    rule: rule.rule,
    when: rule.when,
    metric: rule.metric,
    threshold: rule.threshold,
    state: "pending",
    value: rule.value,
    worst: null,
    details: rule.details,
    pending_since: time(rule.pendingSinceMs),
    fired_at: null,
    resolved_at: null,
    resolution: null,
    notices: [],
  };
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
