/** What vendors without tokens or without batches can be sent. */
import type { EmbedField, EmbedRequest } from "../../../canonical/embed.ts";
import { GatewayError } from "../../../canonical/errors.ts";

/** Throws where an input is tokens: only the maker of a tokenizer can read them. */
export function textsOf({ inputs }: EmbedRequest): string[] {
  return inputs.map((input) => {
    if (typeof input === "string") return input;
    throw new GatewayError("invalid_request", "This target takes texts, not tokens.", { param: "input" });
  });
}

/** Throws where there are more: such a model is asked once for each text. */
export function onlyOne(request: EmbedRequest, model: string): string {
  const [text, ...others] = textsOf(request);
  if (text !== undefined && others.length === 0) return text;
  throw new GatewayError("invalid_request", `${model} takes one text a call.`, { param: "input" });
}

/** Where an API has no word for what vectors are for, nor for titles. */
export function lostAtOthers({ purpose, titles }: EmbedRequest): EmbedField[] {
  return [...(purpose === undefined ? [] : (["purpose"] as const)), ...(titles ? (["titles"] as const) : [])];
}
