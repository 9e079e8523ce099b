/** What Ollama's errors mean: `{ error }`, as a body with a status or as a line of a stream that has begun. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import type { ErrorView } from "../dialect.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";

/** Longest upstream text that is passed on. */
const MAX_MESSAGE_CHARACTERS = 2000;

export function parseError(status: number, _headers: Headers, body: string): Failure {
  const json = parseObject(body);
  const plain = json || body.trim().startsWith("<") ? "" : body.trim();
  return { ...failureOf(status, json ? messageOf(json) : plain), status };
}

/** The failure of a line or a 200 that is no answer. */
export function inBandFailure(body: JsonObject): Failure {
  const message = messageOf(body);
  if (message === "") return { class: "malformed", message: "The upstream's answer is not an answer of this API." };
  const failure = failureOf(400, message);
  // Without a status only known words speak against the request.
  return failure.class === "invalid" ? failureOf(500, message) : failure;
}

function messageOf({ error, message }: JsonObject): string {
  return textOf(isObject(error) ? error["message"] : error) || textOf(message);
}

function failureOf(status: number, message: string): Failure {
  return {
    class: classify(status, message),
    message: (message || `The upstream answered with status ${status}.`).slice(0, MAX_MESSAGE_CHARACTERS),
  };
}

/** First match wins; the first ones come with status 500 too. */
const WORDINGS: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /exceeds? (?:the )?(?:available |maximum )?context|context (?:length|size|window)|prompt is too long/i,
    "context_length",
  ],
  [/server busy|maximum pending requests|overloaded/i, "overloaded"],
  [/content filter|content policy/i, "content_filter"],
  [/model .*not found|try pulling it first|model is required/i, "model_not_found"],
  [/does not support|not supported|unsupported|is unable to/i, "unsupported"],
];

function classify(status: number, message: string): FailureClass {
  const meaning = WORDINGS.find(([wording]) => wording.test(message))?.[1];
  if (status === 402) return "quota_exhausted";
  if (status === 401 || status === 403) return "auth";
  if (status === 429)
    return /(?:daily|weekly|monthly|session) usage|usage limit|upgrade/i.test(message)
      ? "quota_exhausted"
      : "rate_limited";
  if (status === 503 || status === 529) return "overloaded";
  if (status >= 500) return meaning === "context_length" || meaning === "overloaded" ? meaning : "server";
  if (status === 408 || status === 425) return "server";
  if (status < 400) return "malformed";
  if (status === 404 || status === 410) return meaning ?? "model_not_found";
  return meaning ?? "invalid";
}

export function formatError({ error }: ErrorView): JsonObject {
  return { error: error.message };
}

export function formatStreamError(view: ErrorView): Uint8Array {
  return Buffer.from(`${JSON.stringify(formatError(view))}\n`);
}
