/** /admin/providers and /admin/models: what the file declares and what was made here. */
import { placeOf } from "../../config/dynamic/routing-book.ts";
import type { RoutingKind, RoutingView } from "../../config/dynamic/routing-view.ts";
import { json } from "../respond.ts";
import { readBody } from "./body.ts";
import { pageOf } from "./page.ts";
import { readChoice, readQuery } from "./query.ts";
import { answer, changeOf, idOf, type RecordHandlers } from "./records.ts";

export function routingHandlers(kind: RoutingKind): RecordHandlers {
  const filters = ["origin", "state", "text", ...(kind === "providers" ? ["type"] : ["provider"])];
  return {
    list(exchange) {
      const query = readQuery(exchange.request.url, [...filters, "limit", "cursor"]);
      const found = exchange.ports.admin.routing.list(kind).filter((view) => matches(view, query));
      return json(exchange, pageOf(found, placeOf, query));
    },
    get(exchange) {
      readQuery(exchange.request.url, []);
      return answer(exchange, exchange.ports.admin.routing.get(kind, idOf(exchange)));
    },
    async create(exchange) {
      const body = await readBody(exchange);
      const view = await exchange.ports.admin.routing.create(kind, body, changeOf(exchange));
      const response = answer(exchange, view, { status: 201 });
      response.headers.set("location", `/admin/${kind}/${view.id}`);
      return response;
    },
    async update(exchange) {
      const body = await readBody(exchange);
      return answer(
        exchange,
        await exchange.ports.admin.routing.update(kind, idOf(exchange), body, changeOf(exchange)),
      );
    },
    async delete(exchange) {
      const { id } = await exchange.ports.admin.routing.delete(kind, idOf(exchange), changeOf(exchange));
      return json(exchange, { id, deleted: true });
    },
  };
}

function matches(view: RoutingView, query: Partial<Record<string, string>>): boolean {
  const origin = readChoice("origin", query["origin"], ["file", "api"]);
  const state = readChoice("state", query["state"], ["active", "shadowed", "faulty"]);
  const { type, provider, text } = query;
  return (
    (origin === undefined || view.origin === origin) &&
    (state === undefined || view.state === state) &&
    (type === undefined || view["type"] === type) &&
    (provider === undefined || targetsOf(view).some((target) => target.startsWith(`${provider}/`))) &&
    (text === undefined || [view.name, view.id].some((part) => part.toLowerCase().includes(text.toLowerCase())))
  );
}

function targetsOf(view: RoutingView): string[] {
  const targets: unknown = view["targets"];
  if (!Array.isArray(targets)) return [];
  return targets.map((target) => String(typeof target === "object" && target !== null ? target.target : target));
}
