/** GET /admin/audit: who changed what, newest first. */
import { AUDIT_ACTIONS, type AuditFilter } from "../../store/ports.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { readChoice, readLimit, readQuery, readTime } from "./query.ts";

export async function listAudit(exchange: Exchange): Promise<Response> {
  const query = readQuery(exchange.request.url, [
    "actor",
    "action",
    "resource",
    "resource_id",
    "from",
    "to",
    "limit",
    "cursor",
  ]);
  const filter: AuditFilter = {
    actor: query.actor,
    action: readChoice("action", query.action, AUDIT_ACTIONS),
    resource: query.resource,
    resourceId: query.resource_id,
    fromMs: readTime("from", query.from, exchange.ports.clock.now()),
    toMs: readTime("to", query.to, exchange.ports.clock.now()),
  };
  const page = { limit: readLimit(query.limit), cursor: query.cursor };
  const { data, next } = await exchange.ports.admin.audit.list(filter, page);
  const rows = data.map(({ id, atMs, actor, remoteAddress, action, resource, resourceId, name, before, after }) => ({
    id,
    at: new Date(atMs).toISOString(),
    actor,
    remote_address: remoteAddress,
    action,
    resource,
    resource_id: resourceId,
    name,
    before,
    after,
  }));
  return json(exchange, { data: rows, next });
}
