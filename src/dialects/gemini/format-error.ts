import type { JsonObject } from "../../canonical/chat.ts";
import type { GatewayError } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { sseFrame } from "../sse.ts";

/** Google's envelope; the gateway's own words are an `ErrorInfo`, the wait a `RetryInfo`, where its clients look. */
export function formatError({ error, requestId }: ErrorView): JsonObject {
  const metadata: JsonObject = { source: error.source, request_id: requestId };
  if (error.param !== undefined) metadata["param"] = error.param;
  const details: JsonObject[] = [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: error.code.toUpperCase(),
      domain: "evergate",
      metadata,
    },
  ];
  if (error.retryAfterMs !== undefined)
    details.push({
      "@type": "type.googleapis.com/google.rpc.RetryInfo",
      retryDelay: `${Math.ceil(error.retryAfterMs / 1_000)}s`,
    });
  return { error: { code: error.status, message: error.message, status: statusName(error), details } };
}

/** A chunk that is an error, on which the SDKs throw. */
export function formatStreamError(view: ErrorView): Uint8Array {
  return sseFrame(JSON.stringify(formatError(view)));
}

const NAME_OF_STATUS: Readonly<Record<number, string>> = {
  401: "UNAUTHENTICATED",
  402: "RESOURCE_EXHAUSTED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
  529: "UNAVAILABLE",
};

function statusName({ status }: GatewayError): string {
  return NAME_OF_STATUS[status] ?? (status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT");
}
