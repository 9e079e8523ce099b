import type { JsonObject } from "../../canonical/chat.ts";
import type { ErrorView } from "../dialect.ts";
import { sseFrame } from "../sse.ts";

/** Body of an error answer (INTERFACE §3.1). */
export function formatError({ error, requestId, attempts }: ErrorView): JsonObject {
  return {
    error: {
      message: error.message,
      type: typeOf(error.status),
      code: error.code,
      param: error.param ?? null,
      source: error.source,
      request_id: requestId,
      attempts: attempts.map(({ target, status, reason, totalMs, headMs }) => ({
        target,
        status: status ?? null,
        code: reason ?? null,
        ms: Math.round(totalMs ?? headMs ?? 0),
      })),
    },
  };
}

/** A chunk with a top-level `error`, on which the official SDKs throw. No `[DONE]` follows: it would look whole. */
export function formatStreamError(view: ErrorView): Uint8Array {
  return sseFrame(JSON.stringify(formatError(view)));
}

function typeOf(status: number): string {
  if (status >= 500) return "server_error";
  switch (status) {
    case 401:
      return "authentication_error";
    case 402:
      return "insufficient_quota";
    case 403:
      return "permission_error";
    case 429:
      return "rate_limit_error";
    default:
      return "invalid_request_error";
  }
}
