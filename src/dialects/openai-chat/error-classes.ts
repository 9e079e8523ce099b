/**
 * From an error's status and words to its class. The wordings are those of the vendors' documentation and of recorded
 * answers, 2023 to November 2026; a status alone decides only where no wording is known.
 */
import type { FailureClass } from "../../canonical/errors.ts";
import type { ErrorFacts } from "./errors.ts";

export function classify(status: number, facts: ErrorFacts): FailureClass {
  const { haystack } = facts;
  if (status < 400) return "malformed";
  if (status >= 500) return serverClass(status);
  if (status === 408 || status === 425) return "server";
  if (status === 402) return "quota_exhausted";
  // Groq's flex tier.
  if (status === 498) return "overloaded";
  if (status === 401) return "auth";
  if (status === 429) return isQuota(haystack) ? "quota_exhausted" : "rate_limited";
  if (status === 403) return forbiddenClass(haystack);
  if (CONTEXT_LENGTH.test(haystack)) return "context_length";
  if (CONTENT_FILTER.test(haystack)) return "content_filter";
  if (BAD_KEY.test(haystack)) return "auth";
  if (EMPTY_BALANCE.test(haystack)) return "quota_exhausted";
  // Groq: a request larger than the tier's tokens per minute can only go elsewhere. Other 413s count bytes.
  if (status === 413 && /tokens|rate_limit_exceeded/.test(haystack)) return "context_length";
  if (NO_SUPPORT.test(haystack)) return "unsupported";
  if (NO_MODEL.test(haystack)) return "model_not_found";
  if (status === 404 || status === 410) return OTHER_THING.test(haystack) ? "invalid" : "model_not_found";
  return UNSUPPORTED.test(haystack) ? "unsupported" : "invalid";
}

function serverClass(status: number): FailureClass {
  return status === 503 || status === 529 ? "overloaded" : "server";
}

/** Most are a bad key; moderation, an empty account and a model outside the project's plan come as 403 as well. */
function forbiddenClass(haystack: string): FailureClass {
  if (/moderation|content violates usage|flagged|content_policy|safety_check/.test(haystack)) return "content_filter";
  if (EMPTY_BALANCE.test(haystack)) return "quota_exhausted";
  if (/model_not_found|does not have access to model|model_not_allowed/.test(haystack)) return "model_not_found";
  return "auth";
}

/** Out until a day or a payment: waiting a minute does not help. */
function isQuota(haystack: string): boolean {
  return QUOTA.test(haystack) || EMPTY_BALANCE.test(haystack);
}

const QUOTA =
  /insufficient_quota|exceeded your current quota|billing_hard_limit|billing hard limit|quota_exceeded|per day|perday|daily|\(tpd\)|\(rpd\)|monthly|spending limit|spend limit/;

const EMPTY_BALANCE =
  /insufficient (balance|funds|credits?)|insufficient_(balance|funds|credits?)|(not enough|out of|run out of|any|no) credits|credit balance|account (is |has been )?suspended|payment required|arrears|exceeded your (monthly|prepaid)/;

const BAD_KEY =
  /api_key_invalid|api key not valid|invalid_api_key|incorrect api key|invalid api key|api key (is )?(invalid|expired)|missing api key/;

const CONTEXT_LENGTH =
  /context_length_exceeded|exceed_context_size|context[ _](length|window|size)|maximum context|prompt is too long|input is too long|too many (input )?tokens|input (token count )?exceeds|maximum (prompt|input) length|reduce (the length of|your prompt)|string_above_max_length|`?inputs`? tokens \+ `?max_new_tokens|exceeds? the (maximum|model'?s?)( number of| allowed)? (tokens|context|input)|longer than the model'?s/;

const CONTENT_FILTER =
  /content_filter|content_policy|content management policy|responsibleaipolicy|moderation_blocked|safety system|flagged (as|for|by)|(potentially )?violat\w+ (our|the|openai'?s?) (usage|content)|content exists risk|data_inspection_failed|inappropriate content|content violates usage/;

const NO_MODEL =
  /model_not_found|model_not_available|model_decommissioned|model_not_supported|unknown_model|deploymentnotfound|model[^.\n]{0,120}(does not exist|not found|is not available|decommissioned|no longer available|has been deprecated)|invalid model|not a valid model|unable to access non-serverless model|no endpoints found|no such model|model not exist/;

/** A model that is there but lacks what was asked. */
const NO_SUPPORT = /no endpoints found that (can )?(support|handle)/;

const OTHER_THING =
  /\b(file|response|container|vector store|batch|conversation|assistant|thread)\b[^.\n]{0,80}not found|no such file/;

const UNSUPPORTED =
  /unsupported_(parameter|value|feature|country)|unsupported (parameter|value|content|image|file)|not supported|isn'?t supported|is unsupported|unrecognized request argument|unknown (parameter|field|name)|unexpected keyword|extra inputs are not permitted|extra_forbidden|additional properties|does not support|doesn'?t support|do not support|not a multimodal model|may be provided in one|unexpected field|unrecognized (field|key)|requires --enable|only supported (by|for|with)|not enabled for/;
