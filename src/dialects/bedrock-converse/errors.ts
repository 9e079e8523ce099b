/**
 * What Bedrock's errors mean. An exception's name is in the header `x-amzn-errortype`, in `__type`, or, inside a
 * stream, in `:exception-type`; a ValidationException can be anything, so its wording decides. Names and statuses are
 * those of the API reference, wordings those of recorded answers and of users' reports up to November 2026.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { eventStreamMessage } from "../event-stream.ts";
import { parseObject, textOf } from "../json-object.ts";

/** Longest upstream text that is passed on. */
const MAX_MESSAGE_CHARACTERS = 2000;

export function parseError(status: number, headers: Headers, body: string): Failure {
  const json = parseObject(body);
  const type = typeName(headers.get("x-amzn-errortype") ?? textOf(json?.["__type"] ?? json?.["code"]));
  const plain = body.trim().startsWith("<") || json ? "" : body.trim();
  return failureOf(status, type, json ? messageOf(json) : plain, status);
}

/** The failure of an exception inside a stream. */
export function streamFailure(headers: Readonly<Record<string, string>>, payload: JsonObject | undefined): Failure {
  const type = typeName(headers[":exception-type"] ?? headers[":error-code"] ?? "");
  const message = (payload && messageOf(payload)) || headers[":error-message"] || "";
  return failureOf(STATUS_OF[type] ?? 500, type, message, undefined);
}

/** `ThrottlingException:http://internal.amazon.com/…`, `com.amazon…#ThrottlingException`, `throttlingException`. */
function typeName(raw: string): string {
  return raw.split(":")[0]!.split("#").pop()!.trim().toLowerCase();
}

/** For exceptions inside a stream, which come without a status. */
const STATUS_OF: Readonly<Record<string, number>> = {
  validationexception: 400,
  accessdeniedexception: 403,
  resourcenotfoundexception: 404,
  throttlingexception: 429,
  modeltimeoutexception: 408,
  modelerrorexception: 424,
  modelstreamerrorexception: 424,
  internalserverexception: 500,
  serviceunavailableexception: 503,
};

function messageOf(json: JsonObject): string {
  const error = json["error"];
  const nested = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return textOf(json["message"] ?? json["Message"] ?? json["originalMessage"] ?? nested);
}

function failureOf(status: number, type: string, message: string, shown: number | undefined): Failure {
  const failure: Failure = {
    class: classify(status, type, message),
    message: (message || type || `The upstream answered with status ${status}.`).slice(0, MAX_MESSAGE_CHARACTERS),
  };
  if (shown !== undefined) failure.status = shown;
  if (type !== "") failure.upstreamCode = type;
  return failure;
}

function classify(status: number, type: string, message: string): FailureClass {
  if (type === "servicequotaexceededexception" || status === 402) return "quota_exhausted";
  if (type === "modelnotreadyexception" || status === 503 || status === 529) return "overloaded";
  if (type === "throttlingexception" || status === 429)
    return /per day|daily|per month/i.test(message) ? "quota_exhausted" : "rate_limited";
  if (BAD_CREDENTIALS.has(type) || status === 401) return "auth";
  // One model that the account was not granted says nothing against the key.
  if (status === 403 || type === "accessdeniedexception")
    return /access to the model|model access|aws marketplace/i.test(message) ? "model_not_found" : "auth";
  if (type === "resourcenotfoundexception" || status === 404 || status === 410) return "model_not_found";
  // 424: the model failed while it answered.
  if (status === 408 || status === 424 || status === 425 || status >= 500) return "server";
  if (status < 400) return "malformed";
  return WORDINGS.find(([wording]) => wording.test(message))?.[1] ?? "invalid";
}

const BAD_CREDENTIALS = new Set([
  "unrecognizedclientexception",
  "invalidsignatureexception",
  "expiredtokenexception",
  "incompletesignatureexception",
  "missingauthenticationtokenexception",
  "invalidclienttokenid",
]);

/** First match wins. */
const WORDINGS: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /input is too long|prompt is too long|too many (?:input |total )?tokens|too large for model|maximum (?:context|number of (?:input )?tokens)|context (?:length|window)|input length and `?max_tokens`? exceed|exceeds? the (?:model'?s? )?(?:maximum|limit of) .*tokens/i,
    "context_length",
  ],
  [/content filter|blocked by (?:our|the) |violat\w+ .*polic(?:y|ies)/i, "content_filter"],
  [/security token included in the request/i, "auth"],
  [
    /model identifier is invalid|on-demand throughput isn.t supported|model .*(?:not found|does not exist|not available|end of its life|is not supported in this region)|legacy and you have not/i,
    "model_not_found",
  ],
  [
    /(?:not|isn.t|n.t) support|unsupported|extraneous key|extra inputs are not permitted|is not permitted|not available (?:for|on|with) this model|cannot both be specified/i,
    "unsupported",
  ],
];

export function formatError({ error }: ErrorView): JsonObject {
  return { message: error.message };
}

const EXCEPTION_OF: Readonly<Record<number, string>> = {
  400: "validationException",
  429: "throttlingException",
  503: "serviceUnavailableException",
};

export function formatStreamError(view: ErrorView): Uint8Array {
  const headers = {
    ":exception-type": EXCEPTION_OF[view.error.status] ?? "internalServerException",
    ":content-type": "application/json",
    ":message-type": "exception",
  };
  return eventStreamMessage(headers, JSON.stringify(formatError(view)));
}
