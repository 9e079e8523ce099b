import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { TargetTraits } from "../dialect.ts";
import { isString } from "./json.ts";
import { isForeignDetail } from "./reasoning.ts";

/**
 * The reasoning fields of an assistant message as the target takes them. Entries signed by another dialect's maker stay
 * behind everywhere; where the target has no field for reasoning, or nobody knows whether it has, what the client itself
 * wrote is repeated or, for `none`, left out.
 */
export function reasoningOf(written: JsonObject, traits: TargetTraits): JsonObject {
  const field = traits.reasoningField;
  if (field === "none") return {};
  const result: JsonObject = {};
  const { reasoning_content: content, reasoning } = written;
  if (field === undefined) {
    if (content !== undefined) result["reasoning_content"] = content;
    if (reasoning !== undefined) result["reasoning"] = reasoning;
  } else {
    const text = isString(content) ? content : reasoning;
    if (isString(text)) result[field] = text;
  }
  const details = ownDetails(written["reasoning_details"]);
  if (details) result["reasoning_details"] = details;
  return result;
}

function ownDetails(details: Json | undefined): Json[] | undefined {
  if (!Array.isArray(details)) return undefined;
  const own = details.filter((detail) => !isForeignDetail(detail));
  return own.length > 0 ? own : undefined;
}
