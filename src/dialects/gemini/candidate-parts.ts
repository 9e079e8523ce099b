/** Canonical parts of an answer as parts of a candidate. */
import type { Citation, JsonObject, Part, Signature } from "../../canonical/chat.ts";
import { replyCallId } from "./call-ids.ts";
import { argumentsOf } from "./format-part.ts";
import { formatRedacted, formatSignature } from "./signatures.ts";

/** `callIndex` counts the candidate's function calls. */
export interface CallPlace {
  responseId: string;
  candidate: number;
  callIndex: number;
}

export function textPart(text: string, thought: boolean, signature?: Signature): JsonObject {
  return { text, ...(thought && { thought: true }), ...signatureOf(signature) };
}

export function redactedPart(data: Signature): JsonObject {
  return { text: "", thought: true, thoughtSignature: formatRedacted(data) };
}

/** An id that was made for a call without one is not shown. */
export function callPart(
  call: { id: string; name: string; arguments: string; custom?: boolean; signature?: Signature },
  place: CallPlace,
): JsonObject {
  const made = replyCallId(place.responseId, place.candidate, place.callIndex) === call.id;
  const functionCall: JsonObject = { ...(made ? {} : { id: call.id }), name: call.name };
  if (!made || call.arguments !== "") functionCall["args"] = argumentsOf(call.arguments, call.custom);
  return { functionCall, ...signatureOf(call.signature) };
}

/** Generated images and audio, and Google's own blocks; what others run themselves has no form here. */
export function mediaPart(part: Part): JsonObject | undefined {
  if (part.type === "opaque") return part.dialect === "gemini" ? part.raw : undefined;
  if (part.type !== "image" && part.type !== "audio" && part.type !== "document") return undefined;
  const { source, spelling } = part;
  const signature = spelling?.["thoughtSignature"];
  const signed: JsonObject = signature === undefined ? {} : { thoughtSignature: signature };
  if (source.kind === "base64") return { inlineData: { mimeType: source.mediaType, data: source.data }, ...signed };
  const mimeType = spelling?.["mimeType"];
  const typed: JsonObject = mimeType === undefined ? {} : { mimeType };
  if (source.kind === "url") return { fileData: { ...typed, fileUri: source.url }, ...signed };
  return source.kind === "file" ? { fileData: { ...typed, fileUri: source.id }, ...signed } : { text: source.text };
}

function signatureOf(signature: Signature | undefined): JsonObject {
  return signature ? { thoughtSignature: formatSignature(signature) } : {};
}

export interface AnswerParts {
  parts: JsonObject[];
  text: string;
  citations: Citation[];
}

export function answerParts(content: readonly Part[], responseId: string, candidate: number): AnswerParts {
  const result: AnswerParts = { parts: [], text: "", citations: [] };
  let callIndex = 0;
  for (const part of content) {
    switch (part.type) {
      case "text":
        result.parts.push(textPart(part.text, false, part.signature));
        result.text += part.text;
        result.citations.push(...(part.citations ?? []));
        break;
      case "refusal":
        result.parts.push(textPart(part.text, false));
        break;
      case "reasoning":
        result.parts.push(part.redacted ? redactedPart(part.redacted) : textPart(part.text, true, part.signature));
        break;
      case "tool-call":
        result.parts.push(callPart(part, { responseId, candidate, callIndex }));
        callIndex += 1;
        break;
      default: {
        const wire = mediaPart(part);
        if (wire) result.parts.push(wire);
      }
    }
  }
  return result;
}
