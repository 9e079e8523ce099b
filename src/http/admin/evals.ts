/** GET /admin/evals: how good answers were, by who gave them and whether it was a fallback. GET /admin/evals/scores. GET /admin/feedback. */
import { formatUsd } from "../../canonical/money.ts";
import { QUALITY_GROUPS, type QualityGroup, type QualityQuery, type QualitySums } from "../../store/eval-ports.ts";
import { type Interval, meanInterval, shareInterval } from "../../telemetry/evals/interval.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { pageOf } from "./page.ts";
import { readChoice, readLimit, readQuery, readTime, refused } from "./query.ts";

const DEFAULT_GROUPS: readonly QualityGroup[] = ["model", "provider", "target", "failover"];
/** What users said, among the evals. No eval can be called so: their names hold no white space. */
const FEEDBACK = "user feedback";

export async function showEvals(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["group_by", "eval", "model", "from", "to", "limit", "cursor"]);
  const asked: QualityQuery = {
    groupBy: readGroups(query.group_by),
    fromMs: readTime("from", query.from, exchange.ports.clock.now()),
    toMs: readTime("to", query.to, exchange.ports.clock.now()),
    eval: query.eval,
    model: query.model,
  };
  const { scores, feedback, counts } = exchange.ports.admin.evals;
  const withFeedback = query.eval === undefined || query.eval === FEEDBACK;
  const rows = [
    ...(await scores(asked)).map((sums) => scoreJson(sums.eval, sums)),
    ...(withFeedback ? (await feedback(asked)).map(feedbackJson) : []),
  ];
  const ordered = rows.map((row, index) => ({ row, key: String(index).padStart(6, "0") }));
  const { data, next } = pageOf(ordered, ({ key }) => key, query);
  const { scored, failed, dropped } = counts();
  return json(exchange, { data: data.map(({ row }) => row), next, since_start: { scored, failed, dropped } });
}

/** Single scores with their reasons, newest first: what is behind a mean. */
export async function listScores(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...FILTERS, "limit", "cursor"]);
  const failover = readChoice("failover", query.failover, ["true", "false"]);
  const filter = {
    eval: query.eval,
    requestId: query.request_id,
    model: query.model,
    target: query.target,
    failover: failover === undefined ? undefined : failover === "true",
    maxScore: readScore(query.max_score),
  };
  const page = { limit: readLimit(query.limit), cursor: query.cursor };
  const { data, next } = await exchange.ports.admin.evals.list(filter, page);
  const rows = data.map(({ atMs, requestId, costNanoUsd, eval: name, ...rest }) => ({
    at: new Date(atMs).toISOString(),
    eval: name,
    request_id: requestId,
    ...rest,
    cost_usd: costNanoUsd === null ? null : formatUsd(costNanoUsd),
  }));
  return json(exchange, { data: rows, next });
}

/** What users said of single answers, newest first. */
export async function listFeedback(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["cached_wrong", "model", "max_score", "limit", "cursor"]);
  const cachedWrong = readChoice("cached_wrong", query.cached_wrong, ["true", "false"]);
  const filter = {
    cachedWrong: cachedWrong === undefined ? undefined : cachedWrong === "true",
    model: query.model,
    maxScore: readScore(query.max_score, -1),
  };
  const page = { limit: readLimit(query.limit), cursor: query.cursor };
  const { data, next } = await exchange.ports.admin.evals.said(filter, page);
  const rows = data.map(({ atMs, requestId, keyId, cachedWrong: wrong, score, comment, ...who }) => ({
    at: new Date(atMs).toISOString(),
    request_id: requestId,
    key_id: keyId,
    score,
    comment,
    cached_wrong: wrong,
    ...who,
  }));
  return json(exchange, { data: rows, next });
}

const FILTERS = ["eval", "request_id", "model", "target", "failover", "max_score"] as const;

function readScore(text: string | undefined, lowest = 0): number | undefined {
  if (text === undefined) return undefined;
  const score = /^-?[01](\.\d{1,6})?$/.test(text) ? Number(text) : 2;
  if (score > 1 || score < lowest) throw refused("max_score", `max_score must be a number from ${lowest} to 1.`);
  return score;
}

function readGroups(text: string | undefined): readonly QualityGroup[] {
  if (text === undefined) return DEFAULT_GROUPS;
  return [...new Set(text.split(",").map((group) => readChoice("group_by", group.trim(), QUALITY_GROUPS)!))];
}

/** Where every score was 0 or 1 the mean is a share; otherwise a mean. */
function scoreJson(name: string, sums: QualitySums): Record<string, unknown> {
  const binary = sums.extremes === sums.count;
  const interval = binary ? shareInterval(sums.sum, sums.count) : meanInterval(sums, 0, 1);
  return { eval: name, ...sums.groups, count: sums.count, ...intervalJson(interval) };
}

function feedbackJson(sums: QualitySums): Record<string, unknown> {
  const negative = shareInterval(sums.negative, sums.count);
  return {
    eval: FEEDBACK,
    ...sums.groups,
    count: sums.count,
    ...intervalJson(meanInterval(sums, -1, 1)),
    negative: sums.negative,
    negative_share: { mean: rounded(negative.mean), low: rounded(negative.low), high: rounded(negative.high) },
  };
}

function intervalJson({ mean, low, high, method }: Interval): Record<string, unknown> {
  return { mean: rounded(mean), ci_low: rounded(low), ci_high: rounded(high), ci_method: method };
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
