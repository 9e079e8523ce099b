/** GET /admin/usage: requests, tokens and cost by any of its dimensions. */
import { formatUsd } from "../../canonical/money.ts";
import { USAGE_GROUPS, type UsageGroup, type UsageQuery, type UsageRow } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { json } from "../respond.ts";
import { readChoice, readQuery, readTime } from "./query.ts";

export async function showUsage(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, ["group_by", "from", "to", "team"]);
  const confined = teamOf(exchange);
  if (confined !== undefined && query.team !== undefined && query.team !== confined)
    return json(exchange, { data: [], next: null });
  const asked: UsageQuery = {
    groupBy: readGroups(query.group_by),
    fromMs: readTime("from", query.from),
    toMs: readTime("to", query.to),
    team: confined ?? query.team,
  };
  const rows = await exchange.ports.admin.usage(asked);
  return json(exchange, { data: rows.map(usageJson), next: null });
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
