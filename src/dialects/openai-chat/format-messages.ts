/**
 * The conversation as chat messages. One that came in this dialect is repeated as it was written; of others, tool
 * results become messages of their own, which follow the calls, and media in them a user message behind them, because
 * a tool's message holds text alone.
 */
import type { ChatRequest, Json, JsonObject, Message, Part, ToolResultPart } from "../../canonical/chat.ts";
import { asFunctionCall } from "../custom-tools/function-tool.ts";
import { formatParts } from "./format-parts.ts";
import type { FormatContext } from "./format-request.ts";
import { formatReasoning } from "./reasoning.ts";
import { reasoningOf } from "./reasoning-quirks.ts";
import { fittingToolCallId } from "./tool-call-ids.ts";
import { keepsGoogleSignatures } from "./tool-call-quirks.ts";
import { formatToolCall } from "./tool-calls.ts";

export function formatMessages(request: ChatRequest, context: FormatContext): Json[] {
  return request.messages.flatMap((message) => {
    const wires = formatMessage(message, context);
    if (!context.own) {
      for (const [key, value] of Object.entries(message.extra ?? {}))
        if (value !== null) context.warnRaw(`messages[].${key}`);
      return wires;
    }
    const last = wires[wires.length - 1];
    if (!last) return wires;
    if (message.spelling?.["noContent"]) delete last["content"];
    Object.assign(last, message.spelling?.["neutral"], message.extra);
    return wires;
  });
}

function formatMessage(message: Message, context: FormatContext): JsonObject[] {
  const name: JsonObject = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case "developer":
    case "system": {
      const role = context.changes.traits.developerRole === false ? "system" : message.role;
      return [{ role, content: instructionsOf(message.content, context), ...name }];
    }
    case "assistant":
      return [{ role: "assistant", ...assistantOf(message, context), ...name }];
    default:
      return userAndTools(message, context).map((wire) => (wire["role"] === "user" ? { ...wire, ...name } : wire));
  }
}

/** Many servers take system prompts only as one text. */
function instructionsOf(content: string | Part[], context: FormatContext): Json {
  if (typeof content === "string") return content;
  if (!context.own && content.every((part) => part.type === "text"))
    return content.map((part) => part.text).join("\n\n");
  return formatParts(content, context);
}

function assistantOf(message: Message, context: FormatContext): JsonObject {
  const { content, spelling } = message;
  const written = context.own && spelling !== undefined;
  if (typeof content === "string") return { content, ...(written && reasoningOf(spelling, context.changes.traits)) };
  const calls = content.filter((part) => part.type === "tool-call");
  const others = content.filter((part) => !["tool-call", "reasoning", "tool-result"].includes(part.type));
  const wire: JsonObject = written ? ownContent(others, spelling, context) : foreignContent(others, calls, context);
  const { traits } = context.changes;
  // Thoughts of another dialect go only where the target is known to take them.
  if (written) Object.assign(wire, reasoningOf(spelling, traits));
  else if (traits.reasoningField) Object.assign(wire, reasoningOf(formatReasoning(content), traits));
  const keeps = keepsGoogleSignatures(traits);
  const toolCalls = calls
    .filter((part) => !(written && part.spelling?.["form"] === "function_call"))
    .map((part) => {
      const said = context.own ? part : asFunctionCall(part);
      const call = formatToolCall({ ...said, id: fittingToolCallId(part.id, traits) }, context.own);
      if (!keeps) delete call["extra_content"];
      return call;
    });
  const opaque = content.filter((part) => part.type === "opaque" && part.spelling?.["place"] === "tool_calls");
  if (context.own) for (const part of opaque) if (part.type === "opaque") toolCalls.push(part.raw);
  if (toolCalls.length > 0) wire["tool_calls"] = toolCalls;
  if (written && spelling["function_call"] !== undefined) wire["function_call"] = spelling["function_call"];
  return wire;
}

function ownContent(parts: Part[], spelling: JsonObject, context: FormatContext): JsonObject {
  const wire: JsonObject = {};
  const inContent: Part[] = [];
  for (const part of parts) {
    if (part.type === "refusal" && part.spelling?.["field"]) wire["refusal"] = part.text;
    else if (part.type === "audio" && part.spelling?.["raw"]) wire["audio"] = part.spelling["raw"];
    else if (part.type !== "opaque" || part.spelling?.["place"] !== "tool_calls") inContent.push(part);
  }
  if (spelling["content"] === "list") wire["content"] = formatParts(inContent, context);
  else if (spelling["content"] === "string")
    wire["content"] = inContent.map((part) => (part.type === "text" ? part.text : "")).join("");
  return wire;
}

/** Text blocks of one turn are pieces of one text. What an assistant cannot say in this dialect is named. */
function foreignContent(parts: Part[], calls: Part[], context: FormatContext): JsonObject {
  const wire: JsonObject = {};
  let text = "";
  for (const part of parts) {
    if (part.type === "text") text += part.text;
    else if (part.type === "refusal") wire["refusal"] = part.text;
    else if (part.type === "audio" && part.id) wire["audio"] = { id: part.id };
    else if (part.type === "opaque") context.warnRaw(part.kind);
    else context.warn(part.type === "image" ? "imagePart" : part.type === "audio" ? "audioPart" : "filePart");
  }
  wire["content"] = text === "" && (calls.length > 0 || wire["refusal"] !== undefined) ? null : text;
  return wire;
}

function userAndTools(message: Message, context: FormatContext): JsonObject[] {
  const { content } = message;
  if (typeof content === "string") return [{ role: "user", content }];
  const results = content.filter((part) => part.type === "tool-result");
  const others = content.filter((part) => part.type !== "tool-result" && part.type !== "reasoning");
  const media: Part[] = [];
  const wires = results.map((result) => toolMessage(result, message, media, context));
  const rest = [...media, ...others];
  if (rest.length === 0) return wires;
  const only = rest[0]!;
  const plain = !context.own && rest.length === 1 && only.type === "text" && !only.cache;
  return [...wires, { role: "user", content: plain ? only.text : formatParts(rest, context) }];
}

function toolMessage(result: ToolResultPart, message: Message, media: Part[], context: FormatContext): JsonObject {
  const { own, changes } = context;
  const name: JsonObject = result.name === undefined ? {} : { name: result.name };
  if (own && message.spelling?.["role"] === "function")
    return { role: "function", ...name, content: toolContent(result, media, context) };
  return {
    role: "tool",
    tool_call_id: fittingToolCallId(result.toolCallId, changes.traits),
    ...(own && name),
    content: toolContent(result, media, context),
  };
}

function toolContent(result: ToolResultPart, media: Part[], context: FormatContext): Json {
  const { content } = result;
  if (typeof content === "string") return content;
  if (context.own) return formatParts(content, context);
  media.push(...content.filter((part) => part.type !== "text"));
  const texts = content.filter((part) => part.type === "text").map((part) => part.text);
  if (texts.length === 0 && content.length > 0) return "The result is in the next message.";
  return texts.join("\n\n");
}
