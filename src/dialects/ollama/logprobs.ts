import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { isObject, textOf } from "../json-object.ts";

export function parseLogprobs(wire: Json | undefined): TokenLogprob[] {
  if (!Array.isArray(wire)) return [];
  return wire.filter(isObject).map((one) => {
    const top = one["top_logprobs"];
    return { ...parseToken(one), ...(Array.isArray(top) && { top: top.filter(isObject).map(parseToken) }) };
  });
}

function parseToken({ token, logprob, bytes }: JsonObject): Omit<TokenLogprob, "top"> {
  return {
    token: textOf(token),
    logprob: Number(logprob),
    ...(Array.isArray(bytes) && { bytes: bytes.map(Number) }),
  };
}

export function formatLogprobs(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ top, ...token }) => ({
    ...token,
    ...(top && { top_logprobs: top.map((one) => ({ ...one })) }),
  }));
}
