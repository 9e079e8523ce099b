/**
 * Cross-origin access for web pages, on the inference paths alone and only for the origins the operator names.
 * Everything else answers no preflight, so a browser keeps foreign pages away from it.
 */
import type { HttpSettings } from "./ports.ts";
import type { ResponseHeaders } from "./reply-headers.ts";

const PREFLIGHT_MAX_AGE_SECONDS = 600;
const MAX_REQUEST_HEADERS_LENGTH = 4_096;
const EXPOSED =
  "x-evergate-request-id, x-request-id, request-id, x-evergate-provider, x-evergate-model, x-evergate-attempts, " +
  "x-evergate-failover, x-evergate-cache, x-evergate-cost-usd, x-evergate-overhead-ms, x-evergate-warnings, " +
  "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, " +
  "x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, x-should-retry, retry-after";

/** Adds what lets the page read the answer; nothing when its origin is not allowed. */
export function addCors(response: Response, request: Request, settings: HttpSettings): void {
  if (settings.corsOrigins.length === 0) return;
  response.headers.append("vary", "origin");
  const origin = allowedOrigin(request, settings);
  if (origin === undefined) return;
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", EXPOSED);
}

/** The answer to a preflight, or undefined when the origin is not allowed. */
export function preflight(request: Request, settings: HttpSettings, methods: string): Response | undefined {
  const origin = allowedOrigin(request, settings);
  if (origin === undefined || !request.headers.has("access-control-request-method")) return undefined;
  const headers: ResponseHeaders = {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": methods,
    "access-control-max-age": String(PREFLIGHT_MAX_AGE_SECONDS),
    vary: "origin, access-control-request-headers",
  };
  // SDKs in browsers send a changing set of headers of their own (`x-stainless-*`); credentials are not cookies here.
  const asked = request.headers.get("access-control-request-headers");
  if (asked && asked.length <= MAX_REQUEST_HEADERS_LENGTH) headers["access-control-allow-headers"] = asked;
  return new Response(null, { status: 204, headers });
}

function allowedOrigin(request: Request, settings: HttpSettings): string | undefined {
  const origin = request.headers.get("origin");
  if (!origin) return undefined;
  return settings.corsOrigins.includes(origin) || settings.corsOrigins.includes("*") ? origin : undefined;
}
