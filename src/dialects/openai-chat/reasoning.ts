/**
 * Reasoning in chat messages. Text travels as `reasoning_content` (DeepSeek, vLLM, xAI …) or `reasoning` (OpenRouter,
 * Groq, Cerebras …); signatures and encrypted blocks as `reasoning_details`, whose `format` names their maker.
 */
import type { Json, JsonObject, Part, ReasoningPart, Signature, SignatureOrigin } from "../../canonical/chat.ts";
import { type Fields, isObject, isString } from "./json.ts";

/** Formats that this gateway writes: makers that are not reached through an OpenAI-compatible endpoint. */
const GATEWAY_FORMATS: readonly SignatureOrigin[] = [
  "anthropic",
  "gemini",
  "openai-responses",
  "bedrock",
  "cohere",
  "mistral",
];

/** An entry written by the gateway for another dialect's maker: no chat upstream can read it. */
export function isForeignDetail(detail: Json): boolean {
  return isObject(detail) && GATEWAY_FORMATS.some((format) => format === detail["format"]);
}

/** Takes the reasoning fields of a message; as they were written they stay in `spelling`. */
export function parseReasoning(fields: Fields, spelling: JsonObject): ReasoningPart[] {
  const text: string[] = [];
  for (const field of ["reasoning_content", "reasoning"] as const) {
    const value = fields.take(field, isString);
    if (value === undefined) continue;
    spelling[field] = value;
    if (value !== "") text.push(value);
  }
  const details = fields.take("reasoning_details", isFilledList);
  if (details) spelling["reasoning_details"] = details;
  const parts = (details ?? []).flatMap(parseDetail);
  // Both fields hold the same text where a server writes both.
  if (text[0] !== undefined && parts.every((part) => part.text === ""))
    parts.unshift({ type: "reasoning", text: text[0] });
  return parts;
}

function isFilledList(value: Json | undefined): value is Json[] {
  return Array.isArray(value) && value.length > 0;
}

export function parseDetail(detail: Json): ReasoningPart[] {
  if (!isObject(detail)) return [];
  const { type, text, summary, data } = detail;
  if (type === "reasoning.encrypted" && isString(data))
    return [{ type: "reasoning", text: "", redacted: signatureOf(detail, data) }];
  const visible = isString(text) ? text : isString(summary) ? summary : "";
  const signature = detailSignature(detail);
  if (visible === "" && !signature) return [];
  return [{ type: "reasoning", text: visible, ...(signature && { signature }) }];
}

export function detailSignature(detail: JsonObject): Signature | undefined {
  const { signature } = detail;
  return isString(signature) && signature !== "" ? signatureOf(detail, signature) : undefined;
}

/** A signature of another server's format (OpenRouter's `anthropic-claude-v1`) returns to such a server only. */
function signatureOf(detail: JsonObject, value: string): Signature {
  const format = isString(detail["format"]) ? detail["format"] : "";
  const origin = GATEWAY_FORMATS.find((known) => known === format);
  return origin ? { origin, value } : { origin: "openai-chat", value: `${format}|${value}` };
}

/** The fields that carry these parts to a client, or back to the upstream that wrote them. */
export function formatReasoning(parts: readonly Part[]): JsonObject {
  const reasoning = parts.filter((part) => part.type === "reasoning");
  const text = reasoning.map((part) => part.text).join("");
  const signed = reasoning.some((part) => part.signature ?? part.redacted);
  return {
    ...(text !== "" && { reasoning_content: text }),
    ...(signed && { reasoning_details: reasoning.map(formatDetail) }),
  };
}

export function formatDetail(part: ReasoningPart): JsonObject {
  if (part.redacted) {
    const { format, value } = wireSignature(part.redacted);
    return { type: "reasoning.encrypted", data: value, format };
  }
  const detail: JsonObject = { type: "reasoning.text", text: part.text };
  if (!part.signature) return detail;
  const { format, value } = wireSignature(part.signature);
  return { ...detail, signature: value, format };
}

function wireSignature({ origin, value }: Signature): { format: string; value: string } {
  if (origin !== "openai-chat") return { format: origin, value };
  const bar = value.indexOf("|");
  return { format: value.slice(0, bar), value: value.slice(bar + 1) };
}
