/** Response headers of INTERFACE §3: views of the call's record. */
import { formatUsd } from "../canonical/money.ts";
import { type CallRecord, failoversOf } from "../canonical/record.ts";

export type ResponseHeaders = Record<string, string>;

/** What every answer carries; the three names of the request id are what the SDKs of OpenAI and Anthropic look for. */
export function baseHeaders(requestId: string, contentType: string): ResponseHeaders {
  return {
    "content-type": contentType,
    "x-content-type-options": "nosniff",
    "x-evergate-request-id": requestId,
    "x-request-id": requestId,
    "request-id": requestId,
  };
}

/** Adds what the record knows. `nowMs` is the clock's monotonic time; costs are known only once a reply is whole. */
export function addRecordHeaders(headers: ResponseHeaders, record: CallRecord, nowMs: number, whole: boolean): void {
  const { answeredBy, attempts, cache, warnings } = record;
  if (answeredBy) {
    headers["x-evergate-provider"] = answeredBy.provider;
    headers["x-evergate-model"] = headerSafe(answeredBy.target);
  }
  headers["x-evergate-attempts"] = String(attempts.length);
  if (attempts.length > 1 || (attempts.length === 1 && !answeredBy)) {
    const failovers = failoversOf(record);
    if (failovers.length > 0) headers["x-evergate-failover"] = headerSafe(failovers.join(","));
  }
  headers["x-evergate-cache"] =
    cache.status === "semantic" ? `semantic;score=${(cache.score ?? 0).toFixed(3)}` : cache.status;
  if (whole && record.costNanoUsd !== null) headers["x-evergate-cost-usd"] = formatUsd(record.costNanoUsd);
  headers["x-evergate-overhead-ms"] = Math.max(0, nowMs - record.startedAt - record.waitedMs).toFixed(2);
  if (warnings.length > 0) headers["x-evergate-warnings"] = headerSafe(warnings.join(", "));
}

const MAX_HEADER_LENGTH = 2_048;
const HEADER_TEXT = /^[\x20-\x7e]*$/;

/** Header values are visible ASCII (RFC 9110 §5.5): anything else is percent-encoded, and a long value is cut. */
function headerSafe(text: string): string {
  const cut = text.length > MAX_HEADER_LENGTH ? `${text.slice(0, MAX_HEADER_LENGTH - 1).trimEnd()}~` : text;
  if (HEADER_TEXT.test(cut)) return cut;
  return cut.toWellFormed().replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}
