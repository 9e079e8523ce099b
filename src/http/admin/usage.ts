/** GET /admin/usage: requests, tokens and cost by any of its dimensions. */
import { formatUsd } from "../../canonical/money.ts";
import {
  USAGE_GROUPS,
  USAGE_MAX_ROWS,
  type UsageGroup,
  type UsageQuery,
  type UsageRow,
} from "../../store/budget-ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { json } from "../respond.ts";
import { readChoice, readQuery, readTime, refused } from "./query.ts";

export async function showUsage(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["group_by", "from", "to", "team", "limit", "cursor"]);
  const confined = teamOf(exchange);
  if (confined !== undefined && query.team !== undefined && query.team !== confined)
    return json(exchange, { data: [], next: null });
  const limit = readReportLimit(query.limit);
  const offset = readCursor(query.cursor);
  const nowMs = exchange.ports.clock.now();
  const groupBy = readGroups(query.group_by);
  const asked: UsageQuery = {
    groupBy,
    fromMs: readTime("from", query.from, nowMs),
    // A report by the hour has to end somewhere.
    toMs: readTime("to", query.to, nowMs) ?? (groupBy.includes("hour") ? nowMs : undefined),
    team: confined ?? query.team,
    offset,
    limit: limit + 1,
  };
  const rows = await exchange.ports.admin.usage(asked);
  const next = rows.length > limit ? cursorAt(offset + limit) : null;
  return json(exchange, { data: rows.slice(0, limit).map(usageJson), next });
}

/** A report is mostly wanted whole, so its pages are larger than those of other lists. */
function readReportLimit(value: string | undefined): number {
  if (value === undefined) return USAGE_MAX_ROWS;
  const limit = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > USAGE_MAX_ROWS)
    throw refused("limit", `limit must be a whole number from 1 to ${USAGE_MAX_ROWS}.`);
  return limit;
}

/** Groups are in one fixed order, so a place among them is enough. */
function cursorAt(offset: number): string {
  return Buffer.from(`+${offset}`).toString("base64url");
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const offset = Number(Buffer.from(cursor, "base64url").toString());
  if (!Number.isSafeInteger(offset) || offset < 0 || cursorAt(offset) !== cursor)
    throw refused("cursor", "This cursor is not one that a list returned.");
  return offset;
}

function readGroups(text: string | undefined): UsageGroup[] {
  const groups = (text?.split(",") ?? []).map((group) => readChoice("group_by", group.trim(), USAGE_GROUPS)!);
  return [...new Set(groups)];
}

function usageJson({ groups, costNanoUsd, ...sums }: UsageRow): Record<string, unknown> {
  return {
    ...groups,
    requests: sums.requests,
    input_tokens: sums.inputTokens,
    cache_read_tokens: sums.cacheReadTokens,
    cache_write_tokens: sums.cacheWriteTokens,
    output_tokens: sums.outputTokens,
    reasoning_tokens: sums.reasoningTokens,
    cost_usd: formatUsd(costNanoUsd),
  };
}
