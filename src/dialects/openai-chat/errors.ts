/** What an OpenAI-style error answer means: the facts of its body, then its class by status, code and wording. */
import type { Failure, FailureClass } from "../../canonical/errors.ts";
import { classify } from "./error-classes.ts";
import { isObject, isString } from "./json.ts";

/** Upstreams have answered with whole prompts inside their messages. */
const MAX_MESSAGE_CHARACTERS = 2_000;

export interface ErrorFacts {
  message: string;
  /** `error.code`, else `error.type`. */
  code?: string;
  type?: string;
  param?: string;
  /** Everything that may tell the class, lower case. */
  haystack: string;
}

/** `body` is the text of the answer: JSON in many shapes, an HTML page, or nothing. */
export function parseError(status: number, body: string): Failure {
  const facts = readFacts(parseJson(body), status, body);
  const failure = failureOf(status, facts, classify(status, facts));
  const retryAfterMs = retryHintMs(facts.message);
  if (retryAfterMs !== undefined && (failure.class === "rate_limited" || failure.class === "quota_exhausted"))
    failure.retryAfterMs = retryAfterMs;
  return failure;
}

/** An error inside a 200, in the body of an answer or in a chunk of a stream; anything else there is malformed. */
export function inBandFailure(body: unknown): Failure {
  const error = isObject(body) ? body["error"] : undefined;
  if (!isObject(error) && !(isString(error) && error !== ""))
    return { class: "malformed", message: "The upstream's answer is not a chat completion." };
  const status = inBandStatus(error);
  const facts = readFacts(body, status ?? 200, "");
  const failure = failureOf(status, facts, classify(status ?? inBandStatusByName(facts), facts));
  return failure;
}

function failureOf(status: number | undefined, facts: ErrorFacts, failureClass: FailureClass): Failure {
  const failure: Failure = { class: failureClass, message: facts.message };
  if (status !== undefined) failure.status = status;
  if (facts.code !== undefined) failure.upstreamCode = facts.code;
  if (facts.param !== undefined) failure.param = facts.param;
  return failure;
}

/** OpenRouter and vLLM write the status they would have answered with as the code. */
function inBandStatus(error: unknown): number | undefined {
  if (!isObject(error)) return undefined;
  for (const value of [error["code"], error["status"], error["status_code"], error["http_status"]]) {
    const status = Number(value);
    if (Number.isInteger(status) && status >= 400 && status < 600) return status;
  }
  return undefined;
}

function inBandStatusByName({ haystack }: ErrorFacts): number {
  if (/rate.?limit|too many requests|quota/.test(haystack)) return 429;
  if (/overloaded|unavailable|capacity/.test(haystack)) return 503;
  if (/invalid_request|bad.?request|invalid_prompt|context_length|content_filter/.test(haystack)) return 400;
  return 500;
}

function parseJson(text: string): unknown {
  const start = text.trimStart()[0];
  if (start !== "{" && start !== "[" && start !== '"') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readFacts(json: unknown, status: number, text: string): ErrorFacts {
  const body = Array.isArray(json) ? json[0] : json;
  if (!isObject(body)) {
    const message = isString(body) ? body : textMessage(status, text);
    return { message: bounded(message), haystack: message.toLowerCase() };
  }
  const error = isObject(body["error"]) ? body["error"] : body;
  const message = messageOf(body, error) ?? `The upstream answered ${status} without a message.`;
  const raw = rawOf(error);
  const code = wordOf(error["code"]) ?? wordOf(error["type"]) ?? wordOf(error["status"]);
  const type = wordOf(error["type"]);
  const inner = isObject(error["innererror"]) ? (wordOf(error["innererror"]["code"]) ?? "") : "";
  const facts: ErrorFacts = {
    message: bounded(raw === undefined || message.includes(raw) ? message : `${message}: ${raw}`),
    haystack: [code, type, wordOf(error["status"]), inner, reasonsOf(error), message, raw].join("\n").toLowerCase(),
  };
  if (code !== undefined) facts.code = code;
  if (type !== undefined) facts.type = type;
  if (isString(error["param"]) && error["param"] !== "") facts.param = error["param"];
  return facts;
}

/** A short plain text is the message; of a page the title tells most. */
function textMessage(status: number, text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return `The upstream answered ${status} without a body.`;
  if (!trimmed.startsWith("<")) return trimmed;
  const title = /<title[^>]*>([^<]{1,200})/i.exec(trimmed)?.[1]?.trim();
  return `The upstream answered ${status} with an HTML page${title ? ` (${title})` : ""}.`;
}

type Member = Readonly<Record<string, unknown>>;

/** OpenAI `error.message`, xAI and Fireworks `error`, Mistral and FastAPI `detail`, Azure's gateway `message`. */
function messageOf(body: Member, error: Member): string | undefined {
  for (const value of [
    error["message"],
    body["error"],
    body["message"],
    error["detail"],
    body["detail"],
    body["msg"],
  ]) {
    if (isString(value) && value !== "") return value;
    const listed = listedMessage(value);
    if (listed !== undefined) return listed;
  }
  return listedMessage(body["errors"]);
}

/** FastAPI's validation errors: `[{ loc: ["body", "x"], msg: "Extra inputs are not permitted" }]`, bare or in `detail`. */
function listedMessage(value: unknown): string | undefined {
  const list = isObject(value) ? value["detail"] : value;
  if (!Array.isArray(list)) return undefined;
  const texts = list.flatMap((entry) => {
    if (isString(entry)) return [entry];
    if (!isObject(entry)) return [];
    const text = entry["msg"] ?? entry["message"];
    if (!isString(text)) return [];
    const place = Array.isArray(entry["loc"]) ? entry["loc"].filter((part) => part !== "body").join(".") : "";
    return [place === "" ? text : `${place}: ${text}`];
  });
  return texts.length > 0 ? texts.join("; ") : undefined;
}

/** OpenRouter says "Provider returned error" and puts the provider's own words beside it. */
function rawOf(error: Member): string | undefined {
  const metadata = error["metadata"];
  const raw = isObject(metadata) ? metadata["raw"] : undefined;
  if (!isString(raw) || raw === "") return undefined;
  const inner = parseJson(raw);
  return isObject(inner) ? (messageOf(inner, isObject(inner["error"]) ? inner["error"] : inner) ?? raw) : raw;
}

/** OpenRouter's moderation names what was flagged. */
function reasonsOf(error: Member): string {
  const metadata = error["metadata"];
  const reasons = isObject(metadata) ? metadata["reasons"] : undefined;
  return Array.isArray(reasons) ? `moderation reasons: ${reasons.join(", ")}` : "";
}

function wordOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return isString(value) && value !== "" ? value : undefined;
}

function bounded(message: string): string {
  return message.length > MAX_MESSAGE_CHARACTERS ? `${message.slice(0, MAX_MESSAGE_CHARACTERS)}…` : message;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** OpenAI and Groq "Please try again in 6m0.5s", Azure "Please retry after 26 seconds". Milliseconds. */
function retryHintMs(message: string): number | undefined {
  const hint =
    /(?:try again in|retry (?:after|in))\s+((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|seconds?|minutes?|hours?|[hms])\s*)+)/i.exec(
      message,
    )?.[1];
  if (hint === undefined) return undefined;
  let total = 0;
  for (const [, amount, unit] of hint.matchAll(/(\d+(?:\.\d+)?)\s*(ms|mil|[hms])/gi))
    total += Number(amount) * (UNIT_MS[unit!.toLowerCase()] ?? 1);
  return total > 0 ? Math.ceil(total) : undefined;
}
