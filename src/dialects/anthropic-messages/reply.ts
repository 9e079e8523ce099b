/** Whole answers. */
import type { JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer } from "../../canonical/events.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { MalformedReply, type WriterOptions } from "../dialect.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { formatCitation } from "./citations.ts";
import { formatFinish, parseFinish } from "./finish.ts";
import { toolCallId, toolInput } from "./format-content.ts";
import { isObject, pick, stringOf } from "./json.ts";
import { parseBlock } from "./parse-content.ts";
import { parseErrorEvent } from "./parse-error.ts";
import { formatUsage, parseUsage } from "./usage.ts";

export function parseReply(body: unknown): Answer {
  if (!isObject(body)) throw malformed("The upstream's answer is no JSON object.");
  if (body["type"] === "error" || isObject(body["error"])) throw new MalformedReply(parseErrorEvent(body));
  const { content, stop_reason: stopReason, stop_sequence: stopSequence } = body;
  if (!Array.isArray(content)) throw malformed("The upstream's answer has no content.");
  const parts = content.map((block) => {
    if (!isObject(block)) throw malformed("The upstream's answer holds a block that is no object.");
    // Fields without canonical name belong to requests; an answer that has crossed dialects goes without.
    const { extra: _extra, spelling: _spelling, ...part } = parseBlock(block, "content");
    return part as Part;
  });
  const answer: Answer = {
    id: stringOf(body["id"]),
    model: stringOf(body["model"]),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: parts.filter((part) => part.type !== "text" || part.text !== "") },
        finish: parseFinish(stringOf(stopReason)),
        ...(typeof stopSequence === "string" && { stopSequence }),
      },
    ],
  };
  const usage = parseUsage(body["usage"]);
  if (usage) answer.usage = usage;
  const extra = pick(body, OWN_FIELDS, []);
  if (extra) answer.extra = extra;
  return answer;
}

/** Reply-level fields without a canonical name. */
const OWN_FIELDS = ["container", "context_management", "stop_details"];

function malformed(message: string): MalformedReply {
  return new MalformedReply({ class: "malformed", message });
}

export function formatReply(answer: Answer, options: WriterOptions): JsonObject {
  const choice = answer.choices[0];
  const content = choice?.message.content ?? [];
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const stopSequence = choice?.stopSequence;
  const finish = choice ? formatFinish(choice.finish, stopSequence) : "end_turn";
  return {
    id: messageId(answer.id, options),
    type: "message",
    role: "assistant",
    model: answer.model,
    content: parts.flatMap(replyBlocks),
    stop_reason: finish,
    stop_sequence: finish === "stop_sequence" ? (stopSequence ?? null) : null,
    usage: formatUsage(answer.usage ?? NO_USAGE),
    // An answer of another dialect has extras too, which mean nothing here.
    ...pick(answer.extra ?? {}, OWN_FIELDS, []),
  };
}

/** The upstream's id stays; where it gave none the request's id names the message. */
export function messageId(id: string, { requestId }: Pick<WriterOptions, "requestId">): string {
  return id === "" ? `msg_${requestId}` : id;
}

/**
 * The blocks that show a part to Anthropic clients. A signature on a text or tool call, which only Gemini makes, has
 * no field: it follows as a thinking block without text, and finds its way back when the client returns the turn.
 */
export function replyBlocks(part: Part): JsonObject[] {
  const signed = "signature" in part && part.signature && part.type !== "reasoning" ? [signatureBlock(part)] : [];
  switch (part.type) {
    case "text": {
      const citations = part.citations?.map(formatCitation).filter((citation) => citation !== undefined) ?? [];
      const block: JsonObject = { type: "text", text: part.text, ...(citations.length > 0 && { citations }) };
      return [block, ...signed];
    }
    case "refusal":
      return [{ type: "text", text: part.text }];
    case "reasoning":
      if (part.redacted) return [{ type: "redacted_thinking", data: wrapSignature(part.redacted, "anthropic") }];
      return [{ type: "thinking", thinking: part.text, signature: wrapSignature(part.signature, "anthropic") }];
    case "tool-call": {
      const input = toolInput(part.arguments, part.custom);
      return [{ type: "tool_use", id: toolCallId(part.id), name: part.name, input }, ...signed];
    }
    case "opaque":
      return part.dialect === "anthropic-messages" ? [part.raw] : [];
    case "image":
    case "audio":
    case "document":
    case "tool-result":
      return [];
    default:
      return part satisfies never;
  }
}

function signatureBlock(part: Extract<Part, { signature?: unknown }>): JsonObject {
  return { type: "thinking", thinking: "", signature: wrapSignature(part.signature, "anthropic") };
}
