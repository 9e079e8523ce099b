/**
 * The HTTP application: every route of the table, registered in Elysia with its role in front of it. Whatever no
 * route takes is refused here. Elysia adds about a microsecond to a call of `Bun.serve`; it never reads a body.
 */
import { type DocumentDecoration, Elysia } from "elysia";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import { addCors, preflight } from "./cors.ts";
import { type DashboardFiles, loadDashboard } from "./dashboard-files.ts";
import { errorDialectOf } from "./error-dialect.ts";
import type { Connection, Exchange } from "./exchange.ts";
import { authorise } from "./guard.ts";
import { openApiDocument } from "./openapi/document.ts";
import type { HttpPorts } from "./ports.ts";
import { pathOf, pathStartOf } from "./request-path.ts";
import { errorResponse } from "./respond.ts";
import { ROUTES, type Route } from "./routes.ts";

export interface App {
  /** Answers any request; never rejects. */
  fetch(request: Request): Response | Promise<Response>;
  /** What Elysia has registered, for the test that nothing is reachable past the table. */
  registered(): { method: string; path: string }[];
}

/**
 * Elysia looks for the path from a fixed offset: 11 by default, 7 without `standardHostname`, which is right for
 * `http://` and inside the scheme of `https://`. A host so short that the path begins before it is refused: there a
 * client could move where the path begins (`https://a/x/admin/…`).
 */
const PATH_SEARCHED_FROM = { http: 7, https: 11 };

/** `tls`: whether URLs begin with `https://`. */
export function buildApp(ports: HttpPorts, connection: Connection, tls = false): App {
  const searchedFrom = tls ? PATH_SEARCHED_FROM.https : PATH_SEARCHED_FROM.http;
  // `strictPath`: a path is listed or it is not.
  const elysia = new Elysia({ strictPath: true, normalize: false, handler: { standardHostname: tls } });
  let document: string | undefined;
  const openApi = () => {
    document ??= JSON.stringify(openApiDocument(elysia, ROUTES, ports.version));
    return document;
  };
  let files: Promise<DashboardFiles> | undefined;
  const dashboard = () => {
    files ??= loadDashboard();
    return files;
  };
  const exchangeOf = (request: Request): Exchange => ({
    request,
    path: pathOf(request.url),
    requestId: newRequestId(ports.clock),
    ports,
    connection,
    openApi,
    dashboard,
  });
  for (const route of ROUTES) {
    const handle = (request: Request) => run(route, exchangeOf(request));
    // Nothing but `request` is taken from Elysia's context: what is not named is not computed, and `parse: "none"`
    // leaves the body to the handler.
    elysia.route(route.method, route.path, ({ request }) => handle(request), {
      parse: "none",
      detail: route.operation as DocumentDecoration,
    });
  }
  elysia.onError(({ request, code, error }) => {
    const exchange = exchangeOf(request);
    return code === "NOT_FOUND" ? unlisted(exchange) : refuse(exchange, error);
  });
  return {
    fetch(request) {
      if (pathStartOf(request.url) < searchedFrom) {
        const error = new GatewayError("invalid_request", "The Host header is not a valid host.", { param: "host" });
        return refuse(exchangeOf(request), error);
      }
      return elysia.fetch(request);
    },
    registered: () => elysia.routes.map(({ method, path }) => ({ method, path })),
  };
}

/** Answers a listed path. */
function run(route: Route, exchange: Exchange): Response | Promise<Response> {
  try {
    authorise(route.role, exchange);
    const response = route.handler(exchange);
    const cors = route.inference && exchange.ports.settings().corsOrigins.length > 0;
    if (response instanceof Response) return cors ? withCors(response, exchange) : response;
    if (cors) return response.then((final) => withCors(final, exchange));
    // An inference handler's promise never rejects; every other is answered here.
    return route.inference ? response : response.catch((error: unknown) => refuse(exchange, error));
  } catch (error) {
    return refuse(exchange, error);
  }
}

function refuse(exchange: Exchange, error: unknown): Response {
  return errorResponse(exchange, errorDialectOf(exchange.path, exchange.request), error);
}

function withCors(response: Response, { request, ports }: Exchange): Response {
  addCors(response, request, ports.settings());
  return response;
}

/** Default deny: 404, or 405 with `allow` where the path exists for another method. */
function unlisted(exchange: Exchange): Response {
  const { request, path, ports } = exchange;
  const routes = ROUTES.filter((route) => matches(route.path, path));
  if (routes.length === 0)
    return refuse(exchange, new GatewayError("not_found", `There is nothing at ${request.method} ${shown(path)}.`));
  const methods = [...new Set(routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
  const allow = methods.join(", ");
  const inference = routes.some((route) => route.inference);
  if (request.method === "OPTIONS" && inference) {
    const granted = preflight(request, ports.settings(), allow);
    if (granted) return granted;
  }
  const error = new GatewayError("method_not_allowed", `${shown(path)} takes ${allow}, not ${request.method}.`);
  const response = errorResponse(exchange, errorDialectOf(path, request), error, { headers: { allow } });
  return inference ? withCors(response, exchange) : response;
}

const MAX_SHOWN_PATH = 200;

function shown(path: string): string {
  return path.length > MAX_SHOWN_PATH ? `${path.slice(0, MAX_SHOWN_PATH)}…` : path;
}

function matches(pattern: string, path: string): boolean {
  if (pattern.endsWith("/*")) return path.length >= pattern.length && path.startsWith(pattern.slice(0, -1));
  const wanted = pattern.split("/");
  const given = path.split("/");
  return (
    wanted.length === given.length &&
    wanted.every((segment, index) => (segment.startsWith(":") ? given[index] !== "" : segment === given[index]))
  );
}

const TIME_DIGITS = 12;
const RANDOM_BYTES = 6;

/**
 * The time in milliseconds, then 48 random bits. Ids that grow keep the log's index compact: random ones cost twenty
 * times as much to insert. They are no secret: what can be read by an id needs a token.
 */
function newRequestId(clock: Clock): string {
  const time = Math.floor(clock.now()).toString(16).padStart(TIME_DIGITS, "0");
  return `req_${time}${crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)).toHex()}`;
}
