import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { isObject, textOf } from "../json-object.ts";

/** Chunks of one or several tokens; the text of a chunk is not cut into its tokens, so their logprobs are summed. */
export function parseLogprobs(wire: Json | undefined): TokenLogprob[] {
  const chunks = Array.isArray(wire) ? wire : [wire];
  return chunks.filter(isObject).map((chunk) => {
    const numbers = Array.isArray(chunk["logprobs"]) ? chunk["logprobs"] : [];
    return { token: textOf(chunk["text"]), logprob: numbers.reduce<number>((sum, one) => sum + Number(one), 0) };
  });
}

export function formatLogprobs(tokens: readonly TokenLogprob[]): JsonObject[] {
  return tokens.map(({ token, logprob }) => ({ text: token, token_ids: [], logprobs: [logprob] }));
}
