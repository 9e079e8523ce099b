/** What Cohere's errors mean: `{ id, message }` with a plain status, so wordings tell the 400s apart. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { parseObject, textOf } from "../json-object.ts";
import { sseFrame } from "../sse.ts";

/** Longest upstream text that is passed on. */
const MAX_MESSAGE_CHARACTERS = 2000;

export function parseError(status: number, _headers: Headers, body: string): Failure {
  const json = parseObject(body);
  const plain = json || body.trim().startsWith("<") ? "" : body.trim();
  const message = json ? messageOf(json) : plain;
  return { ...failureOf(status, message), status };
}

/** The failure of a stream that ends in an error, and of a 200 that is no answer. */
export function inBandFailure(body: JsonObject): Failure {
  const message = messageOf(body);
  if (message === "") return { class: "malformed", message: "The upstream's answer is not an answer of this API." };
  return failureOf(statusOf(message), message);
}

/** Inside a stream an error comes without its status. */
function statusOf(message: string): number {
  if (/invalid request/i.test(message)) return 400;
  if (/rate limit|request limit|too many requests/i.test(message)) return 429;
  return /overloaded|unavailable/i.test(message) ? 503 : 500;
}

function messageOf(json: JsonObject): string {
  const { message, error, data } = json;
  const nested = typeof error === "object" && error !== null && "message" in error ? error.message : error;
  return textOf(message) || textOf(nested) || textOf(data);
}

function failureOf(status: number, message: string): Failure {
  return {
    class: classify(status, message),
    message: (message || `The upstream answered with status ${status}.`).slice(0, MAX_MESSAGE_CHARACTERS),
  };
}

/** First match wins. */
const WORDINGS: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /too many tokens|token limit|exceed\w* (?:the )?(?:maximum|context|model'?s?)|context (?:length|window)/i,
    "context_length",
  ],
  [/invalid api (?:token|key)|no api key/i, "auth"],
  [/content (?:filter|moderation)|blocked (?:input|output)|unsafe/i, "content_filter"],
  [
    /model ['"][^'"]*['"] (?:was removed|not found|does not exist)|unknown model|model .*(?:was removed|not found)/i,
    "model_not_found",
  ],
  [/not supported|does not support|unsupported|unknown field|unrecognized/i, "unsupported"],
];

function classify(status: number, message: string): FailureClass {
  if (status === 402) return "quota_exhausted";
  if (status === 401 || status === 403) return "auth";
  // A trial key's allowance is by month; the per-minute limit says so.
  if (status === 429)
    return /trial key.*(?:month|calls)|per month|monthly|billing/i.test(message) && !/minute/i.test(message)
      ? "quota_exhausted"
      : "rate_limited";
  if (status === 503 || status === 529) return "overloaded";
  // 498 is an invalid token by their reference, 499 a call cancelled on their side.
  if (status === 498) return "auth";
  if (status === 408 || status === 425 || status === 499 || status >= 500) return "server";
  if (status < 400) return "malformed";
  const meaning = WORDINGS.find(([wording]) => wording.test(message))?.[1];
  if (status === 404 || status === 410) return meaning ?? (/model/i.test(message) ? "model_not_found" : "invalid");
  return meaning ?? "invalid";
}

export function formatError({ error, requestId }: ErrorView): JsonObject {
  return { id: requestId, message: error.message };
}

/** A message's end that says it failed. */
export function formatStreamError({ error }: ErrorView): Uint8Array {
  const delta = { finish_reason: "ERROR", error: error.message };
  return sseFrame(JSON.stringify({ type: "message-end", delta }), "message-end");
}
