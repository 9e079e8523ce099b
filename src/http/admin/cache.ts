/** /admin/cache: what it saves and how sure that is, why a call hit or missed, and taking entries out. */
import type { CacheStatistics, Purge } from "../../cache/cache.ts";
import { upperBound } from "../../cache/evidence.ts";
import type { Explanation } from "../../cache/explanations.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { formatUsd } from "../../canonical/money.ts";
import type { Exchange } from "../exchange.ts";
import { actorOf } from "../guard.ts";
import { json } from "../respond.ts";
import { readQuery, refused } from "./query.ts";

export async function showCache(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const statistics = await exchange.ports.admin.cache.statistics();
  return json(exchange, statistics ? statisticsJson(statistics) : { enabled: false });
}

export function explainCache(exchange: Exchange): Response {
  const { request_id: id } = readQuery(exchange.request.url, ["request_id"]);
  if (id === undefined) throw refused("request_id", "request_id is missing: x-evergate-request-id of an answer.");
  const explanation = exchange.ports.admin.cache.explain(id);
  if (!explanation) {
    const message = `Nothing is known of request "${id}": it did not come to the cache, or too long ago.`;
    throw new GatewayError("not_found", message, { param: "request_id" });
  }
  return json(exchange, explanationJson(explanation));
}

const FILTERS = ["id", "key", "older_than_ms", "text"] as const;
const ID = /^[0-9a-f]{64}$/;
const MAX_AGE_DIGITS = 15;

/** How many entries `purgeCache` would delete by the same filters. */
export async function countEntries(exchange: Exchange): Promise<Response> {
  const wanted = readPurge(exchange);
  return json(exchange, { entries: await exchange.ports.admin.cache.count(wanted) });
}

/** All filters that are given hold together; without any nothing is deleted. */
export async function purgeCache(exchange: Exchange): Promise<Response> {
  const wanted = readPurge(exchange);
  const { id, key, olderThanMs, text } = wanted;
  const { name: actor, remoteAddress } = actorOf(exchange);
  const deleted = await exchange.ports.admin.cache.purge(wanted, {
    atMs: exchange.ports.clock.now(),
    actor,
    remoteAddress,
    action: "delete",
    resource: "cache",
    resourceId: id ?? "",
    name: key ?? null,
    // The text is not kept: it may be what had to go.
    before: {
      ...(olderThanMs !== undefined && { older_than_ms: olderThanMs }),
      ...(text !== undefined && { text: "***" }),
    },
    after: null,
  });
  return json(exchange, { deleted });
}

function readPurge(exchange: Exchange): Purge {
  const { id, key, older_than_ms: age, text } = readQuery(exchange.request.url, FILTERS);
  if (id === undefined && key === undefined && age === undefined && text === undefined) {
    throw refused("id", `One of ${FILTERS.join(", ")} is needed; older_than_ms=0 deletes everything.`);
  }
  if (id !== undefined && !ID.test(id)) throw refused("id", "id must be the 64 hexadecimal digits of an entry.");
  if (age !== undefined && !new RegExp(`^\\d{1,${MAX_AGE_DIGITS}}$`).test(age)) {
    throw refused("older_than_ms", "older_than_ms must be a whole number of milliseconds.");
  }
  return { id, key, olderThanMs: age === undefined ? undefined : Number(age), text };
}

function statisticsJson({ totals, spaces, pools, embedding }: CacheStatistics): Record<string, unknown> {
  return {
    enabled: true,
    embedding,
    exact: savingsJson(totals.exact),
    semantic: savingsJson(totals.semantic),
    misses: totals.misses,
    verified: totals.verified,
    wrong: totals.wrong,
    spaces: spaces.map(({ space, entries, semanticEntries, indexedEntries, bytes }) => ({
      model: space === "" ? null : space,
      entries,
      semantic_entries: semanticEntries,
      indexed_entries: indexedEntries,
      bytes,
    })),
    evidence: pools.map(poolJson),
  };
}

function savingsJson({ hits, inputTokens, outputTokens, costNanoUsd, ms }: CacheStatistics["totals"]["exact"]) {
  return {
    hits,
    saved_input_tokens: inputTokens,
    saved_output_tokens: outputTokens,
    saved_cost_usd: formatUsd(costNanoUsd),
    saved_ms: ms,
  };
}

function poolJson({ who, model, judged, maxWrongPercent, cells, driftedAtMs }: CacheStatistics["pools"][number]) {
  return {
    who,
    model,
    judged,
    max_wrong_percent: maxWrongPercent,
    ...evidenceOf(cells),
    served: evidenceOf(cells.filter(({ served }) => served)),
    drifted_at: driftedAtMs === null ? null : new Date(driftedAtMs).toISOString(),
    cells: cells.map(({ cell, verified, wrong, atMostPercent, served }) => ({
      cell,
      verified,
      wrong,
      at_most_percent: rounded(atMostPercent),
      served,
    })),
  };
}

function evidenceOf(cells: CacheStatistics["pools"][number]["cells"]) {
  const verified = cells.reduce((sum, cell) => sum + cell.verified, 0);
  const wrong = cells.reduce((sum, cell) => sum + cell.wrong, 0);
  const atMost = rounded(100 * upperBound(wrong, verified));
  const summary = verified === 0 ? "none" : `${verified} verified, ${wrong} wrong, ≤ ${atMost} % at 95 %`;
  return { verified, wrong, at_most_percent: atMost, summary };
}

function explanationJson({ requestId, atMs, keyId, served, ...rest }: Explanation): Record<string, unknown> {
  const { model, mode, key, status, reason, considered, judge, verified } = rest;
  return {
    request_id: requestId,
    at: new Date(atMs).toISOString(),
    model,
    key_id: keyId,
    mode,
    id: key,
    status,
    reason: reason ?? null,
    served: served ? { id: served.id, score: served.score ?? null, cell: served.cell ?? null } : null,
    considered: considered.map(({ id, level, cosine, reason: why }) => ({ id, level, cosine, reason: why ?? null })),
    judge: judge ?? null,
    verified: verified ?? null,
  };
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}
