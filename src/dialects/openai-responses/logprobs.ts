import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { isObject } from "../json-object.ts";

export function parseLogprobs(wire: Json | undefined): TokenLogprob[] {
  return Array.isArray(wire) ? wire.flatMap(parseToken) : [];
}

function parseToken(wire: Json): TokenLogprob[] {
  if (!isObject(wire) || typeof wire["token"] !== "string" || typeof wire["logprob"] !== "number") return [];
  const { token, logprob, bytes, top_logprobs: top } = wire;
  const result: TokenLogprob = { token, logprob };
  if (bytes === null || (Array.isArray(bytes) && bytes.every((byte) => typeof byte === "number"))) result.bytes = bytes;
  if (Array.isArray(top)) result.top = top.flatMap(parseToken);
  return [result];
}

export function formatLogprobs(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ token, logprob, bytes, top }) => {
    const wire: JsonObject = { token, logprob };
    if (bytes !== undefined) wire["bytes"] = bytes;
    if (top) wire["top_logprobs"] = formatLogprobs(top);
    return wire;
  });
}
