import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { isNumber, isObject, isString } from "./json.ts";

export function parseLogprobs(wire: unknown): { tokens: TokenLogprob[]; refusal?: TokenLogprob[] } | undefined {
  if (!isObject(wire)) return undefined;
  const { content, refusal } = wire;
  if (!Array.isArray(content) && !Array.isArray(refusal)) return undefined;
  const tokens = Array.isArray(content) ? content.flatMap(parseToken) : [];
  return Array.isArray(refusal) ? { tokens, refusal: refusal.flatMap(parseToken) } : { tokens };
}

function parseToken(wire: Json): TokenLogprob[] {
  if (!isObject(wire) || !isString(wire["token"]) || !isNumber(wire["logprob"])) return [];
  const { token, logprob, bytes, top_logprobs: top } = wire;
  const result: TokenLogprob = { token, logprob };
  if (bytes === null || (Array.isArray(bytes) && bytes.every(isNumber))) result.bytes = bytes;
  if (Array.isArray(top)) result.top = top.flatMap(parseToken);
  return [result];
}

export function formatLogprobs(tokens: readonly TokenLogprob[], refusal?: readonly TokenLogprob[]): JsonObject {
  const hasTokens = tokens.length > 0 || refusal === undefined;
  return { content: hasTokens ? tokens.map(formatToken) : null, refusal: refusal ? refusal.map(formatToken) : null };
}

function formatToken({ token, logprob, bytes, top }: TokenLogprob): JsonObject {
  const wire: JsonObject = { token, logprob };
  if (bytes !== undefined) wire["bytes"] = bytes;
  if (top) wire["top_logprobs"] = top.map(formatToken);
  return wire;
}
