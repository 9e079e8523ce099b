/** JSON answers and errors. Every error of the HTTP border is written here, in the dialect of the path. */
import { type GatewayError, toGatewayError } from "../canonical/errors.ts";
import type { CallRecord } from "../canonical/record.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { Exchange } from "./exchange.ts";
import { addRecordHeaders, baseHeaders, type ResponseHeaders } from "./reply-headers.ts";

const JSON_TYPE = "application/json";

export function json(exchange: Exchange, value: unknown, status = 200): Response {
  const headers = baseHeaders(exchange.requestId, JSON_TYPE);
  headers["cache-control"] = "no-store";
  return new Response(JSON.stringify(value), { status, headers });
}

/** `record` is that of the call, where it got so far; `headers` are added (`allow`). */
export function errorResponse(
  exchange: Exchange,
  dialect: Dialect,
  thrown: unknown,
  details: { record?: CallRecord | undefined; headers?: ResponseHeaders } = {},
): Response {
  const error = toGatewayError(thrown);
  const { record } = details;
  const { ports, requestId } = exchange;
  if (error.code === "internal") logInternal(exchange, error);
  const headers = baseHeaders(requestId, JSON_TYPE);
  if (record) addRecordHeaders(headers, record, ports.clock.monotonic(), true);
  // The gateway has retried already: an SDK that retried on top would multiply the attempts.
  if (record && (record.attempts.length > 0 || error.source === "upstream")) headers["x-should-retry"] = "false";
  if (error.retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(error.retryAfterMs / 1_000));
  if (error.status === 401) headers["www-authenticate"] = "Bearer";
  // What is left of a refused body is not read: the connection cannot carry another request.
  if (error.status === 413) headers["connection"] = "close";
  Object.assign(headers, details.headers);
  const body = dialect.formatError({ error, requestId, attempts: record?.attempts ?? [] });
  return new Response(JSON.stringify(body), { status: error.status, headers });
}

/** What a client is not told, the operator is. */
export function logInternal(exchange: Exchange, error: GatewayError): void {
  const { requestId, path, ports } = exchange;
  ports.log("error", "request failed", { request: requestId, path, cause: error.cause ?? error.message });
}
