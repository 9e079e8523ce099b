import type { Json, JsonObject, Message, Part, ToolResultPart } from "../../canonical/chat.ts";
import { invalid } from "./inspect.ts";
import { type Fields, fieldsOf, isEmpty, isObject, isString } from "./json.ts";
import { parseParts } from "./parse-parts.ts";
import { parseReasoning } from "./reasoning.ts";
import { parseToolCalls } from "./tool-calls.ts";

/** Messages into the canonical conversation. A tool's answer becomes a message that holds one tool-result part. */
export function parseMessages(wire: readonly Json[]): Message[] {
  const messages: Message[] = [];
  for (const [index, message] of wire.entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw invalid(param, `'${param}' must be an object.`);
    messages.push(parseMessage(message, param, messages));
  }
  return messages;
}

function parseMessage(wire: JsonObject, param: string, earlier: readonly Message[]): Message {
  const fields = fieldsOf(wire);
  fields.drop("role");
  switch (wire["role"]) {
    case "system":
    case "developer":
    case "user":
      return finish({ role: wire["role"], content: parseContent(fields, wire, param) }, fields, {}, "content" in wire);
    case "assistant":
      return parseAssistant(fields, wire, param);
    case "tool":
      return parseToolMessage(fields, wire, param);
    case "function":
      return parseFunctionMessage(fields, wire, param, earlier);
    default:
      throw invalid(
        `${param}.role`,
        `'${param}.role' must be one of 'system', 'developer', 'user', 'assistant', 'tool' and 'function'.`,
      );
  }
}

function finish(message: Message, fields: Fields, spelling: JsonObject, hasContent = true): Message {
  const name = fields.take("name", isString);
  if (name !== undefined) message.name = name;
  const { extra, neutral } = fields.rest();
  if (extra) message.extra = extra;
  if (neutral) spelling["neutral"] = neutral;
  if (!hasContent) spelling["noContent"] = true;
  if (!isEmpty(spelling)) message.spelling = spelling;
  return message;
}

/** A string stays a string; null and nothing are an empty text, and stay as they were written. */
function parseContent(fields: Fields, wire: JsonObject, param: string): string | Part[] {
  const content = wire["content"];
  if (content === undefined || content === null) return "";
  fields.drop("content");
  if (isString(content)) return content;
  if (!Array.isArray(content))
    throw invalid(`${param}.content`, `'${param}.content' must be a string or a list of content parts.`);
  return parseParts(content, `${param}.content`);
}

/** Reasoning first, then what was said, then the calls: the order in which it was written. */
function parseAssistant(fields: Fields, wire: JsonObject, param: string): Message {
  const spelling: JsonObject = {};
  const reasoning = parseReasoning(fields, spelling);
  const content = parseContent(fields, wire, param);
  const calls = parseToolCalls(fields, spelling, param);
  const said: Part[] = [];
  const refusal = fields.take("refusal", isString);
  if (refusal !== undefined) said.push({ type: "refusal", text: refusal, spelling: { field: true } });
  const audio = fields.take("audio", isObject);
  if (audio) {
    const id = isString(audio["id"]) ? audio["id"] : "";
    said.push({ type: "audio", id, source: { kind: "file", id }, spelling: { raw: audio } });
  }
  if (isString(content) && reasoning.length + calls.length + said.length === 0)
    return finish({ role: "assistant", content }, fields, spelling, "content" in wire);
  const text: Part[] = isString(content) ? (content === "" ? [] : [{ type: "text", text: content }]) : content;
  if ("content" in wire && wire["content"] !== null) spelling["content"] = isString(content) ? "string" : "list";
  return finish({ role: "assistant", content: [...reasoning, ...text, ...said, ...calls] }, fields, spelling);
}

function parseToolMessage(fields: Fields, wire: JsonObject, param: string): Message {
  const toolCallId = fields.take("tool_call_id", isString);
  if (toolCallId === undefined)
    throw invalid(`${param}.tool_call_id`, `Missing required parameter: '${param}.tool_call_id'.`);
  const result: ToolResultPart = { type: "tool-result", toolCallId, content: parseContent(fields, wire, param) };
  const name = fields.take("name", isString);
  if (name !== undefined) result.name = name;
  return finish({ role: "tool", content: [result] }, fields, {}, "content" in wire);
}

/** The form of 2023 has no ids: a result answers the last call of its function. */
function parseFunctionMessage(fields: Fields, wire: JsonObject, param: string, earlier: readonly Message[]): Message {
  const name = fields.take("name", isString) ?? "";
  const calls = earlier.flatMap(({ content }) => (isString(content) ? [] : content));
  const call = calls.findLast((part) => part.type === "tool-call" && part.name === name);
  const toolCallId = call?.type === "tool-call" ? call.id : `function_${name}`;
  const content = parseContent(fields, wire, param);
  const result: ToolResultPart = { type: "tool-result", toolCallId, name, content };
  return finish({ role: "tool", content: [result] }, fields, { role: "function" }, "content" in wire);
}
