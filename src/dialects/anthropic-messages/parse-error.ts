/**
 * What an Anthropic-shaped error means. The shape is the same on Bedrock, Vertex and at other makers' compatible
 * endpoints: `{type: "error", error: {type, message}}`. Many different things are one `invalid_request_error` with
 * status 400, so the wording decides; the wordings are the API's own (docs "Errors", recordings), case-insensitive.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import { isObject, stringOf } from "./json.ts";

/** Longest upstream text that is passed on. */
const MAX_MESSAGE_CHARS = 2000;

export function parseError(status: number, _headers: Headers, body: string): Failure {
  const error = errorObject(body);
  const type = stringOf(error?.["type"]) || stringOf(error?.["code"]);
  const message = error ? stringOf(error["message"]) : plainMessage(body);
  const failure: Failure = {
    class: classify(status, type, message),
    status,
    message: (message || `The upstream answered with status ${status}.`).slice(0, MAX_MESSAGE_CHARS),
  };
  if (type !== "") failure.upstreamCode = type;
  const param = /^([a-z_]+(?:\.[\w.]+)?): /.exec(message)?.[1];
  if (param !== undefined && failure.class === "invalid") failure.param = param;
  return failure;
}

/** The failure of an `error` event inside a stream, or of an error body with status 200. */
export function parseErrorEvent(event: JsonObject): Failure {
  const error = isObject(event["error"]) ? event["error"] : {};
  const type = stringOf(error["type"]);
  const message = stringOf(error["message"]);
  const failure: Failure = {
    class: classify(STATUS_OF_TYPE[type] ?? 500, type, message),
    message: (message || type || "The upstream reported an error.").slice(0, MAX_MESSAGE_CHARS),
  };
  if (type !== "") failure.upstreamCode = type;
  return failure;
}

const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Wordings of a 400 (or 413), first match wins. */
const WORDINGS: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /credit balance is too low|purchase credits|reached your specified (?:workspace )?api usage limits/i,
    "quota_exhausted",
  ],
  [
    /prompt is too long|input length and `?max_tokens`? exceed|exceed(?:s|ed)? (?:the )?(?:model'?s? )?(?:maximum )?context|context window|input is too long|too many total text bytes|context_length_exceeded/i,
    "context_length",
  ],
  [/blocked by content filtering|content filter|content_filter|violat\w+ .*usage policy/i, "content_filter"],
  [/(?:invalid|incorrect|missing) (?:x-)?api.?key|api key not valid/i, "auth"],
  [
    /\bmodel\b.*\b(?:not found|does not exist|is not available|identifier is invalid)|invalid model (?:name|id)|on-demand throughput isn.t supported/i,
    "model_not_found",
  ],
  [
    /not supported|does not support|unsupported|not available (?:for|on|with) (?:this|the) model|cannot both be specified for this model|extra inputs are not permitted/i,
    "unsupported",
  ],
];

function classify(status: number, type: string, message: string): FailureClass {
  if (type === "overloaded_error" || status === 529 || status === 503) return "overloaded";
  if (type === "billing_error" || status === 402) return "quota_exhausted";
  if (type === "rate_limit_error" || status === 429)
    return /credit balance|usage limit|monthly|spend limit/i.test(message) ? "quota_exhausted" : "rate_limited";
  if (type === "authentication_error" || status === 401) return "auth";
  if (type === "permission_error" || status === 403) return "auth";
  if (status === 404 || status === 410)
    return /model|deployment|endpoint/i.test(message) ? "model_not_found" : "invalid";
  if (status === 400 || status === 413 || status === 422) {
    for (const [wording, meaning] of WORDINGS) if (wording.test(message)) return meaning;
    return "invalid";
  }
  if (type === "timeout_error") return "server";
  if (status === 408 || status === 425 || status >= 500) return "server";
  return status >= 400 ? "invalid" : "malformed";
}

/** Anthropic's envelope; Bedrock's and proxies' `{message}`; FastAPI's `{detail}`; an array of one of them (Vertex). */
function errorObject(body: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) value = value[0];
  if (!isObject(value)) return undefined;
  const { error, message, detail } = value;
  if (isObject(error)) return error;
  if (typeof error === "string") return { message: error };
  if (typeof message === "string") return { message, type: value["__type"] ?? "" };
  if (typeof value["Message"] === "string") return { message: value["Message"] };
  return { message: typeof detail === "string" ? detail : "" };
}

/** An HTML page tells clients nothing but its maker's inside; other plain text may be the reason. */
function plainMessage(body: string): string {
  const text = body.trim();
  return text.startsWith("<") ? "" : text;
}
