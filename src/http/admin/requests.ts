/** GET /admin/requests and /admin/requests/{id}: the request log, newest first. */
import { GatewayError } from "../../canonical/errors.ts";
import type { RequestFilter } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { decodeSegment } from "../request-path.ts";
import { json } from "../respond.ts";
import { decisionJson } from "./decision-json.ts";
import { readChoice, readLimit, readQuery, readTime, refused } from "./query.ts";
import { requestJson } from "./request-json.ts";

const FILTERS = ["model", "provider", "key", "team", "status", "failover", "cache", "from", "to", "text"] as const;

export async function listRequests(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...FILTERS, "limit", "cursor"]);
  const page: { limit: number; cursor?: string } = { limit: readLimit(query.limit) };
  if (query.cursor !== undefined) page.cursor = query.cursor;
  const filter = filterOf(query);
  const team = teamOf(exchange);
  if (team !== undefined && filter.team !== undefined && filter.team !== team)
    return json(exchange, { data: [], next: null });
  if (team !== undefined) filter.team = team;
  const { data, next } = await exchange.ports.admin.requests.list(filter, page);
  return json(exchange, { data: data.map((row) => requestJson(row)), next });
}

export async function getRequest(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const id = decodeSegment(exchange.path.slice(exchange.path.lastIndexOf("/") + 1)) ?? "";
  const row = await exchange.ports.admin.requests.get(id);
  const team = teamOf(exchange);
  // Another team's request is as unknown as one that does not exist.
  const visible = row !== null && (team === undefined || row.team === team);
  if (!visible) throw new GatewayError("not_found", `There is no request "${id}" in the log.`, { param: "id" });
  return json(exchange, { ...requestJson(row), explanation: row.explanation?.map(decisionJson) ?? null });
}

function filterOf(query: Partial<Record<(typeof FILTERS)[number], string>>): RequestFilter {
  const filter: RequestFilter = {};
  for (const name of ["model", "provider", "key", "team", "text"] as const) {
    const value = query[name];
    if (value !== undefined) filter[name] = value;
  }
  if (query.status !== undefined) {
    if (!/^[1-5](?:[0-9]{2}|xx)$/.test(query.status)) throw refused("status", "status must be like 502 or 5xx.");
    filter.status = query.status;
  }
  const failover = readChoice("failover", query.failover, ["true", "false"]);
  if (failover) filter.failover = failover === "true";
  const cache = readChoice("cache", query.cache, ["off", "miss", "exact", "semantic"]);
  if (cache) filter.cache = cache;
  const fromMs = readTime("from", query.from);
  if (fromMs !== undefined) filter.fromMs = fromMs;
  const toMs = readTime("to", query.to);
  if (toMs !== undefined) filter.toMs = toMs;
  return filter;
}
