/** /admin/keys, /admin/teams and /admin/customers: one set of handlers, since they differ in fields alone. */
import { GatewayError } from "../../canonical/errors.ts";
import type { Change } from "../../config/dynamic/access-book.ts";
import type { RecordKind } from "../../config/dynamic/record-body.ts";
import { KINDS, LINKS, type RecordView } from "../../config/dynamic/record-view.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { actorOf, teamOf } from "../guard.ts";
import { decodeSegment } from "../request-path.ts";
import { json } from "../respond.ts";
import { readBody, readOptionalBody } from "./body.ts";
import { etagOf, readIfMatch } from "./etag.ts";
import { pageOf } from "./page.ts";
import { readChoice, readQuery, refused } from "./query.ts";

export interface RecordHandlers {
  list: Handler;
  get: Handler;
  create: Handler;
  update: Handler;
  delete: Handler;
}

export function recordHandlers(kind: RecordKind): RecordHandlers {
  return {
    list(exchange) {
      const query = readQuery(exchange.request.url, [...LINKS[kind], "origin", "disabled", "text", "limit", "cursor"]);
      const team = teamOf(exchange);
      const found = exchange.ports.admin.access
        .list(kind)
        .filter((view) => isVisible(kind, view, team) && matches(view, query));
      const { data, next } = pageOf(found, ({ name }) => name, query);
      return json(exchange, { data, next });
    },
    get: (exchange) => answer(exchange, visible(exchange, kind)),
    async create(exchange) {
      const body = await readBody(exchange);
      const { view, secret } = await exchange.ports.admin.access.create(kind, body, changeOf(exchange));
      const response = answer(exchange, view, { status: 201, secret });
      response.headers.set("location", `/admin/${kind}/${view.id}`);
      return response;
    },
    async update(exchange) {
      const body = await readBody(exchange);
      const { access } = exchange.ports.admin;
      return answer(exchange, await access.update(kind, idOf(exchange), body, changeOf(exchange)));
    },
    async delete(exchange) {
      const { id } = await exchange.ports.admin.access.delete(kind, idOf(exchange), changeOf(exchange));
      return json(exchange, { id, deleted: true });
    },
  };
}

/** A forgotten old secret should not live on for ever. */
const MAX_GRACE_MS = 90 * 24 * 3_600_000;

/** POST /admin/keys/{id}/rotate */
export async function rotateKey(exchange: Exchange): Promise<Response> {
  const { graceMs = 0, ...others } = await readOptionalBody(exchange);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}"; known is graceMs.`);
  if (typeof graceMs !== "number" || !Number.isInteger(graceMs) || graceMs < 0 || graceMs > MAX_GRACE_MS) {
    throw refused("graceMs", `graceMs must be a whole number of milliseconds from 0 to ${MAX_GRACE_MS} (90 days).`);
  }
  const { view, secret } = await exchange.ports.admin.access.rotate(idOf(exchange), graceMs, changeOf(exchange));
  return answer(exchange, view, { secret });
}

/** With its ETag. */
export function answer(
  exchange: Exchange,
  view: RecordView,
  { status = 200, secret }: { status?: number; secret?: string } = {},
) {
  const { id, name, ...rest } = view;
  const response = json(exchange, secret === undefined ? view : { id, name, key: secret, ...rest }, status);
  response.headers.set("etag", etagOf(view));
  return response;
}

function visible(exchange: Exchange, kind: RecordKind): RecordView {
  readQuery(exchange.request.url, []);
  const id = idOf(exchange);
  const view = exchange.ports.admin.access.get(kind, id);
  // Another team's key is as unknown as one that does not exist.
  if (isVisible(kind, view, teamOf(exchange))) return view;
  throw new GatewayError("not_found", `There is no ${KINDS[kind]} "${id}".`, { param: "id" });
}

function isVisible(kind: RecordKind, view: RecordView, team: string | undefined): boolean {
  return team === undefined || (kind === "keys" && view["team"] === team);
}

function matches(view: RecordView, query: Partial<Record<string, string>>): boolean {
  const origin = readChoice("origin", query["origin"], ["file", "api"]);
  const disabled = readChoice("disabled", query["disabled"], ["true", "false"]);
  const { team, customer, text } = query;
  const shown = [view.name, view.id, view["prefix"]].filter((part) => typeof part === "string");
  return (
    (team === undefined || view["team"] === team) &&
    (customer === undefined || view["customer"] === customer) &&
    (origin === undefined || view.origin === origin) &&
    (disabled === undefined || view["disabled"] === (disabled === "true")) &&
    (text === undefined || shown.some((part) => part.toLowerCase().includes(text.toLowerCase())))
  );
}

/** `/admin/keys/{id}` and what lies below it. */
export function idOf({ path }: Exchange): string {
  return decodeSegment(path.split("/")[3] ?? "") ?? "";
}

export function changeOf(exchange: Exchange): Pick<Change, "actor"> & { matches?: (view: object) => boolean } {
  readQuery(exchange.request.url, []);
  const matches = readIfMatch(exchange.request.headers.get("if-match"));
  return { actor: actorOf(exchange), ...(matches && { matches }) };
}
