/** Output items of a whole answer as canonical parts, and back. */
import type { Json, JsonObject, Part, ReasoningPart, Signature } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { unwrapSignature, wrapSignature } from "../foreign-signature.ts";
import { isObject, textOf } from "../json-object.ts";
import { formatAnnotation, parseAnnotations } from "./citations.ts";
import { formatLogprobs, parseLogprobs } from "./logprobs.ts";

export interface OutputParts {
  parts: Part[];
  logprobs: TokenLogprob[];
}

export function parseOutput(output: readonly Json[]): OutputParts {
  const result: OutputParts = { parts: [], logprobs: [] };
  for (const item of output) if (isObject(item)) parseItem(item, result);
  return result;
}

function parseItem(item: JsonObject, { parts, logprobs }: OutputParts): void {
  switch (item["type"]) {
    case "message":
      for (const content of Array.isArray(item["content"]) ? item["content"] : []) {
        if (!isObject(content)) continue;
        if (content["type"] === "refusal") parts.push({ type: "refusal", text: textOf(content["refusal"]) });
        if (content["type"] !== "output_text") continue;
        const citations = parseAnnotations(content["annotations"]);
        const text = textOf(content["text"]);
        if (text !== "" || citations.length > 0)
          parts.push({ type: "text", text, ...(citations.length > 0 && { citations }) });
        logprobs.push(...parseLogprobs(content["logprobs"]));
      }
      break;
    case "reasoning": {
      const reasoning = parseReasoning(item);
      if (reasoning) parts.push(reasoning);
      break;
    }
    case "function_call":
    case "custom_tool_call":
      parts.push(parseCall(item));
      break;
    default:
      parts.push({ type: "opaque", dialect: "openai-responses", kind: textOf(item["type"]), raw: item });
  }
}

export function parseCall(item: JsonObject): Extract<Part, { type: "tool-call" }> {
  const custom = item["type"] === "custom_tool_call";
  return {
    type: "tool-call",
    id: textOf(item["call_id"]) || textOf(item["id"]),
    name: textOf(item["name"]),
    arguments: textOf(item[custom ? "input" : "arguments"]),
    ...(custom && { custom: true }),
    ...(typeof item["namespace"] === "string" && { namespace: item["namespace"] }),
  };
}

/** Paragraphs between the summaries of one reasoning item. */
export const SUMMARY_GAP = "\n\n";

/** Undefined for reasoning of which nothing is shown and nothing can be sent back. */
export function parseReasoning(item: JsonObject): ReasoningPart | undefined {
  const text = [...textsIn(item["summary"]), ...textsIn(item["content"])].join(SUMMARY_GAP);
  const signature = signatureOf(item["encrypted_content"]);
  if (text !== "") return { type: "reasoning", text, ...(signature && { signature }) };
  return signature && { type: "reasoning", text: "", redacted: signature };
}

export function signatureOf(encrypted: Json | undefined): Signature | undefined {
  return unwrapSignature(textOf(encrypted), "openai-responses");
}

function textsIn(list: Json | undefined): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => (isObject(entry) && textOf(entry["text"]) !== "" ? [textOf(entry["text"])] : []));
}

/** `nextId` names an item by its kind's prefix. */
export function formatOutput(
  { parts, logprobs }: OutputParts,
  nextId: (prefix: string) => string,
  status: "completed" | "incomplete",
): JsonObject[] {
  const items: JsonObject[] = [];
  let message: JsonObject[] | undefined;
  let tokens = logprobs;
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") {
      if (!message) {
        message = [];
        items.push({ id: nextId("msg"), type: "message", status: "completed", role: "assistant", content: message });
      }
      message.push(part.type === "text" ? textContent(part, tokens) : { type: "refusal", refusal: part.text });
      if (part.type === "text") tokens = [];
      if (part.type === "text" && part.signature && part.signature.origin !== "openai-responses") {
        items.push(signatureItem(nextId, part.signature));
        message = undefined;
      }
      continue;
    }
    message = undefined;
    items.push(...formatItem(part, nextId));
  }
  const last = items.at(-1);
  if (last?.["status"] === "completed") last["status"] = status;
  return items;
}

function textContent(part: Extract<Part, { type: "text" }>, tokens: readonly TokenLogprob[]): JsonObject {
  const annotations = (part.citations ?? []).flatMap((citation) => formatAnnotation(citation) ?? []);
  return { type: "output_text", annotations, logprobs: formatLogprobs(tokens), text: part.text };
}

function formatItem(part: Part, nextId: (prefix: string) => string): JsonObject[] {
  switch (part.type) {
    case "reasoning":
      return [reasoningItem(nextId("rs"), part.text, part.redacted ?? part.signature)];
    case "tool-call": {
      const items = [callItem(nextId(part.custom ? "ctc" : "fc"), part)];
      if (part.signature) items.push(signatureItem(nextId, part.signature));
      return items;
    }
    case "opaque":
      return part.dialect === "openai-responses" ? [part.raw] : [];
    default:
      return [];
  }
}

export function reasoningItem(id: string, text: string, signature: Signature | undefined): JsonObject {
  const item: JsonObject = { id, type: "reasoning", summary: text === "" ? [] : [{ type: "summary_text", text }] };
  if (signature) item["encrypted_content"] = wrapSignature(signature, "openai-responses");
  return item;
}

/** A signature on a text or a call, which only Gemini makes, has no field: it follows as reasoning that says nothing. */
function signatureItem(nextId: (prefix: string) => string, signature: Signature): JsonObject {
  return reasoningItem(nextId("rs"), "", signature);
}

export function callItem(
  id: string,
  { id: callId, name, arguments: text, custom, namespace }: Extract<Part, { type: "tool-call" }>,
  status = "completed",
): JsonObject {
  const group: JsonObject = namespace === undefined ? {} : { namespace };
  if (custom) return { id, type: "custom_tool_call", status, call_id: callId, name, input: text, ...group };
  return { id, type: "function_call", status, arguments: text, call_id: callId, name, ...group };
}
