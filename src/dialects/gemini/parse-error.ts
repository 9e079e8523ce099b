/**
 * What an error of Google's APIs means: `{error: {code, message, status, details}}`, on streams without `alt=sse` inside
 * a list. Many different things are one `INVALID_ARGUMENT`, so reasons, quotas and wording decide (recordings and
 * ai.google.dev/gemini-api/docs/troubleshooting, November 2026).
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import { isObject, objectsOf, stringOf } from "./json.ts";

/** Longest upstream text that is passed on. */
const MAX_MESSAGE_CHARACTERS = 2_000;

export function parseError(status: number, _headers: Headers, body: string): Failure {
  const error = errorObject(parseJson(body));
  const failure = failureOf(status, error, error ? stringOf(error["message"]) : plainMessage(body));
  return { ...failure, status };
}

/** An error inside a 200: the body of an answer or a chunk of a stream. Anything else there is malformed. */
export function inBandFailure(body: unknown): Failure {
  const error = isObject(body) ? body["error"] : undefined;
  if (!isObject(error) && !(typeof error === "string" && error !== ""))
    return { class: "malformed", message: "The upstream's answer is not one of Gemini's API." };
  const facts = isObject(error) ? error : { message: error };
  const code = Number(facts["code"]);
  const status = code >= 400 && code < 600 ? code : (STATUS_OF_NAME[stringOf(facts["status"])] ?? 500);
  return failureOf(status, facts, stringOf(facts["message"]));
}

/** A prompt that was refused has no candidates: the reason is all that comes. */
export function blockedFailure(chunk: JsonObject): Failure | undefined {
  const feedback = chunk["promptFeedback"];
  if (!isObject(feedback) || objectsOf(chunk["candidates"]).length > 0) return undefined;
  const reason = stringOf(feedback["blockReason"]);
  if (reason === "" || reason === "BLOCK_REASON_UNSPECIFIED") return undefined;
  const said = stringOf(feedback["blockReasonMessage"]);
  const categories = objectsOf(feedback["safetyRatings"])
    .filter((rating) => rating["blocked"] === true || rating["probability"] === "HIGH")
    .map((rating) => stringOf(rating["category"]));
  const details = [said, categories.join(", ")].filter((text) => text !== "").join("; ");
  const message = `The prompt was blocked by the provider: ${reason}${details === "" ? "" : ` (${details})`}.`;
  return { class: "content_filter", message, upstreamCode: reason };
}

function failureOf(status: number, error: JsonObject | undefined, message: string): Failure {
  const name = stringOf(error?.["status"]);
  const failure: Failure = {
    class: classify(status, error ?? {}, message),
    message: (message || `The upstream answered with status ${status}.`).slice(0, MAX_MESSAGE_CHARACTERS),
  };
  const reason = reasonOf(error ?? {});
  if (reason !== "" || name !== "") failure.upstreamCode = reason || name;
  return failure;
}

const STATUS_OF_NAME: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNKNOWN: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

function classify(status: number, error: JsonObject, message: string): FailureClass {
  if (status === 401 || status === 403) return "auth";
  if (status === 402) return "quota_exhausted";
  if (status === 429) return isQuota(error, message) ? "quota_exhausted" : "rate_limited";
  if (status === 503 || status === 529) return "overloaded";
  // 499: Google itself gave the call up.
  if (status >= 500 || status === 408 || status === 425 || status === 499) return "server";
  if (status < 400) return "malformed";
  if (reasonOf(error) === "API_KEY_INVALID") return "auth";
  for (const [wording, meaning] of WORDINGS) if (wording.test(message)) return meaning;
  if (status === 404 || status === 410)
    return /cached ?content|\bfiles?\b/i.test(message) ? "invalid" : "model_not_found";
  return status === 413 && /token/i.test(message) ? "context_length" : "invalid";
}

/** Wordings of a 400, first match wins. */
const WORDINGS: readonly (readonly [RegExp, FailureClass])[] = [
  [/api[ _]key (?:not valid|not found|expired|invalid|was reported as leaked)|invalid api key/i, "auth"],
  [/billing (?:account|to be enabled|is disabled)|enable billing|free tier is not available/i, "quota_exhausted"],
  [
    /token count[^.]*exceeds|exceeds? the maximum (?:number of )?(?:allowed )?(?:input )?tokens|too many tokens|context (?:window|length)|input (?:is )?too long|prompt is too long/i,
    "context_length",
  ],
  [
    /(?:prompt|content|input|output|response|request|image)s? (?:was|were|is|has been)? ?(?:blocked|filtered)|responsible ai|usage guidelines|prohibited (?:content|use)|sensitive words|safety (?:filter|settings? block|polic)/i,
    "content_filter",
  ],
  [
    /unexpected model name format|model[^.]{0,80}(?:not found|does not exist|is not available|no longer available)/i,
    "model_not_found",
  ],
  [
    /not supported|unsupported|does(?:n't| not) support|not enabled|only (?:supported|supports|available|allowed|works)|cannot find field|unknown name|location is not supported|is not allowed for/i,
    "unsupported",
  ],
];

/** A day's quota, a spent balance, or a quota of nothing; "check your plan and billing" is said for a minute's as well. */
function isQuota(error: JsonObject, message: string): boolean {
  const violations = objectsOf(error["details"]).flatMap((detail) => objectsOf(detail["violations"]));
  if (violations.some((violation) => /PerDay/i.test(stringOf(violation["quotaId"])))) return true;
  return /per day|perday|daily|limit: 0\b|prepay|credits? (?:are |is )?(?:depleted|exhausted)|spend(?:ing)? (?:cap|limit)|monthly/i.test(
    message,
  );
}

function reasonOf(error: JsonObject): string {
  for (const detail of objectsOf(error["details"]))
    if (stringOf(detail["reason"]) !== "") return stringOf(detail["reason"]);
  return "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorObject(value: unknown): JsonObject | undefined {
  const body = Array.isArray(value) ? value[0] : value;
  if (!isObject(body)) return undefined;
  const { error } = body;
  if (isObject(error)) return error;
  return { message: typeof error === "string" ? error : stringOf(body["message"]) };
}

/** An HTML page tells clients nothing but its maker's inside; other plain text may be the reason. */
function plainMessage(body: string): string {
  const text = body.trim();
  return text.startsWith("<") ? "" : text;
}
