import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { isObject, objectsOf, stringOf } from "./json.ts";

/** One chosen token a step, and beside it the most likely ones. */
export function parseLogprobs(result: Json | undefined): TokenLogprob[] {
  if (!isObject(result)) return [];
  const top = objectsOf(result["topCandidates"]);
  return objectsOf(result["chosenCandidates"]).map((chosen, step) => {
    const token = parseToken(chosen);
    const candidates = objectsOf(top[step]?.["candidates"]);
    return candidates.length > 0 ? { ...token, top: candidates.map(parseToken) } : token;
  });
}

function parseToken(wire: JsonObject): TokenLogprob {
  const logprob = wire["logProbability"];
  return { token: stringOf(wire["token"]), logprob: typeof logprob === "number" ? logprob : 0 };
}

export function formatLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  const wire: JsonObject = { chosenCandidates: tokens.map(formatToken) };
  if (tokens.some(({ top }) => top))
    wire["topCandidates"] = tokens.map(({ top }) => ({ candidates: (top ?? []).map(formatToken) }));
  return wire;
}

function formatToken({ token, logprob }: { token: string; logprob: number }): JsonObject {
  return { token, logProbability: logprob };
}
