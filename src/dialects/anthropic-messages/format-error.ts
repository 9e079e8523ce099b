import type { JsonObject } from "../../canonical/chat.ts";
import type { GatewayError } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { sseFrame } from "../sse.ts";

/** Anthropic's own envelope; SDKs choose their error class by status and `type`. */
export function formatError({ error, requestId }: ErrorView): JsonObject {
  return { type: "error", error: { type: errorType(error), message: error.message }, request_id: requestId };
}

/** The event that ends a broken stream; the SDKs throw on it. */
export function formatStreamError(view: ErrorView): Uint8Array {
  return sseFrame(JSON.stringify(formatError(view)), "error");
}

const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function errorType({ code, status }: GatewayError): string {
  // 504 as well, but nothing has timed out.
  if (code === "not_cached") return "api_error";
  return TYPE_OF_STATUS[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
}
