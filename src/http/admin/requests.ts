/** GET /admin/requests and /admin/requests/{id}: the request log, newest first. */
import { GatewayError } from "../../canonical/errors.ts";
import type { Exchange } from "../exchange.ts";
import { teamOf } from "../guard.ts";
import { decodeSegment } from "../request-path.ts";
import { json } from "../respond.ts";
import { decisionJson } from "./decision-json.ts";
import { readLimit, readQuery } from "./query.ts";
import { requestJson } from "./request-json.ts";
import { REQUEST_FILTERS, readRequestFilter } from "./request-query.ts";

export async function listRequests(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [...REQUEST_FILTERS, "limit", "cursor"]);
  const page: { limit: number; cursor?: string } = { limit: readLimit(query.limit) };
  if (query.cursor !== undefined) page.cursor = query.cursor;
  const filter = readRequestFilter(exchange, query);
  if (!filter) return json(exchange, { data: [], next: null });
  const { data, next } = await exchange.ports.admin.requests.list(filter, page);
  return json(exchange, { data: data.map((row) => requestJson(row)), next });
}

export async function getRequest(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const id = decodeSegment(exchange.path.slice(exchange.path.lastIndexOf("/") + 1)) ?? "";
  const row = await exchange.ports.admin.requests.get(id);
  const team = teamOf(exchange);
  // Another team's request is as unknown as one that does not exist.
  if (!row || (team !== undefined && row.team !== team))
    throw new GatewayError("not_found", `There is no request "${id}" in the log.`, { param: "id" });
  return json(exchange, {
    ...requestJson(row),
    explanation: row.explanation?.map(decisionJson) ?? null,
    content: row.content ?? null,
  });
}
