import type { JsonObject, ReasoningPart } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import { formatAnnotation } from "./annotations.ts";
import { formatMedia } from "./media.ts";
import { formatDetail } from "./reasoning.ts";
import { formatToolCall } from "./tool-calls.ts";

/** One choice as far as it has been written. */
export interface WrittenChoice {
  /** Tool index of each part of the present upstream's answer that is a call. */
  tools: Map<number, { index: number; custom: boolean }>;
  toolCount: number;
  /** Text of each reasoning part: a signature is told together with all that it signs. */
  reasoning: Map<number, string>;
}

type ChoiceEvent = Extract<ReplyEvent, { choice: number }>;

/** The delta that says this event, or undefined where the dialect cannot. */
export function deltaFor(
  event: Exclude<ChoiceEvent, { type: "finish" | "logprobs" }>,
  written: WrittenChoice,
): JsonObject | undefined {
  switch (event.type) {
    case "text":
      return { content: event.text };
    case "refusal":
      return { refusal: event.text };
    case "reasoning":
      written.reasoning.set(event.part, (written.reasoning.get(event.part) ?? "") + event.text);
      return { reasoning_content: event.text };
    case "redacted-reasoning":
      return { reasoning_details: [formatDetail({ type: "reasoning", text: "", redacted: event.data })] };
    case "signature":
      return signatureDelta(event, written);
    case "tool-call": {
      const custom = event.custom === true;
      const index = written.toolCount++;
      written.tools.set(event.part, { index, custom });
      const { id, name } = event;
      return {
        tool_calls: [{ index, ...formatToolCall({ type: "tool-call", id, name, arguments: "", custom }, false) }],
      };
    }
    case "arguments": {
      const call = written.tools.get(event.part);
      if (!call) return undefined;
      const inner: JsonObject = call.custom
        ? { custom: { input: event.json } }
        : { function: { arguments: event.json } };
      return { tool_calls: [{ index: call.index, ...inner }] };
    }
    case "citation": {
      const annotation = formatAnnotation(event.citation);
      return annotation && { annotations: [annotation] };
    }
    case "media": {
      const media = formatMedia([event.media]);
      return Object.keys(media).length > 0 ? media : undefined;
    }
    default:
      return event satisfies never;
  }
}

/** A signature on plain text (Gemini) has no place in this dialect; losing it costs nothing but a little quality. */
function signatureDelta(
  { part, signature }: Extract<ChoiceEvent, { type: "signature" }>,
  written: WrittenChoice,
): JsonObject | undefined {
  const call = written.tools.get(part);
  if (call && signature.origin !== "gemini") return undefined;
  if (call)
    return { tool_calls: [{ index: call.index, extra_content: { google: { thought_signature: signature.value } } }] };
  const text = written.reasoning.get(part);
  if (text === undefined && signature.origin === "gemini") return undefined;
  const signed: ReasoningPart = { type: "reasoning", text: text ?? "", signature };
  return { reasoning_details: [formatDetail(signed)] };
}
