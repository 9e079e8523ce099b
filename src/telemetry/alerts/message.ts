/** What people read: the same few words in every channel. */
import type { AlertRow } from "../../store/alert-ports.ts";
import { valueText } from "./condition.ts";

export type NoticeKind = "firing" | "resolved" | "test";

/** Alerts that begin or end at the same time go out together. */
export interface Notice {
  kind: NoticeKind;
  alerts: readonly AlertText[];
  atMs: number;
  /** Address of this gateway, where the configuration states it. */
  link: string | null;
}

export interface AlertText {
  id: string;
  rule: string;
  metric: string;
  when: string;
  kind: NoticeKind;
  /** One line: what is wrong, or over. */
  summary: string;
  value: number | null;
  details: readonly string[];
  firedAtMs: number;
  resolvedAtMs: number | null;
}

/** Names in one message; the rest is a number. */
const MAX_DETAILS = 20;

export function alertText(row: AlertRow): AlertText {
  const { id, rule, metric, when, value, worst, details, firedAtMs, resolvedAtMs } = row;
  return {
    id,
    rule,
    metric,
    when,
    kind: resolvedAtMs === null ? "firing" : "resolved",
    summary: resolvedAtMs === null ? firingSummary(row) : resolvedSummary(row, resolvedAtMs),
    value: resolvedAtMs === null ? value : worst,
    details: shortened(details),
    firedAtMs,
    resolvedAtMs,
  };
}

export function testText(nowMs: number): AlertText {
  return {
    id: `test_${Math.floor(nowMs)}`,
    rule: "test",
    metric: "test",
    when: "asked for by an operator",
    kind: "test",
    summary: "This is a test message of Evergate. Nothing is wrong.",
    value: null,
    details: [],
    firedAtMs: nowMs,
    resolvedAtMs: null,
  };
}

/** `[FIRING] failovers`, `[FIRING] 3 alerts`. */
export function titleOf({ kind, alerts }: Notice): string {
  const label = { firing: "[FIRING]", resolved: "[RESOLVED]", test: "[TEST]" }[kind];
  return `${label} ${alerts.length === 1 ? alerts[0]!.rule : `${alerts.length} alerts`}`;
}

/** Plain lines, for channels without a form of their own. */
export function plainText(notice: Notice): string {
  const lines = notice.alerts.flatMap(({ rule, summary, details }) => [
    `${rule}: ${summary}`,
    ...details.map((detail) => `  - ${detail}`),
  ]);
  return [...lines, ...(notice.link ? ["", notice.link] : [])].join("\n");
}

function firingSummary({ metric, value, when }: AlertRow): string {
  return `${metric} is ${valueText(metric, value)} (${when})`;
}

function resolvedSummary({ metric, worst, firedAtMs, resolution }: AlertRow, resolvedAtMs: number): string {
  const lasted = durationText(resolvedAtMs - firedAtMs);
  const worstText = worst === null ? "" : `; at its worst it was ${valueText(metric, worst)}`;
  return `${metric} ${resolution ?? "recovered"} after ${lasted}${worstText}`;
}

function shortened(details: readonly string[]): string[] {
  if (details.length <= MAX_DETAILS) return [...details];
  return [...details.slice(0, MAX_DETAILS), `and ${details.length - MAX_DETAILS} more`];
}

function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
