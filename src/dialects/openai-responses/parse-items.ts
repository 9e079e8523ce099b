/**
 * Input items as messages. What a model said in one turn is several items here (reasoning, text, calls) and one message
 * elsewhere; the results of its parallel calls likewise belong into one.
 */
import type { Json, JsonObject, Message, Part, Role } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";
import { invalid } from "./inspect.ts";
import { parseCall, parseReasoning } from "./output-parts.ts";
import { parseContent } from "./parse-content.ts";
import { attachSignatures } from "./signatures.ts";

interface Turn {
  role: Role;
  /** A message with text of its own stays one where the role is not the model's. */
  joins: boolean;
  content: string | Part[];
  extra?: JsonObject;
}

export function parseItems(items: readonly Json[]): Message[] {
  const messages: Message[] = [];
  let open = false;
  /** Items that nobody said: they keep their place among those that somebody did. */
  let silent: Json[] = [];
  for (const [index, item] of items.entries()) {
    const param = `input[${index}]`;
    if (!isObject(item)) throw invalid(param, `'${param}' must be an item.`);
    if (item["type"] === ADDITIONAL_TOOLS) {
      silent.push(item);
      continue;
    }
    const turn = parseItem(item, param);
    const last = messages.at(-1);
    if (last && open && turn.joins && last.role === turn.role) {
      last.content = [...partsOf(last.content), ...partsOf(turn.content)];
      (last.spelling!["items"] as Json[]).push(...silent, item);
      if (turn.extra) last.extra = { ...last.extra, ...turn.extra };
    } else {
      messages.push({
        role: turn.role,
        content: turn.content,
        ...(turn.extra && { extra: turn.extra }),
        spelling: { items: [...silent, item] },
      });
    }
    silent = [];
    open = turn.joins;
  }
  const last = messages.at(-1);
  if (last) (last.spelling!["items"] as Json[]).push(...silent);
  else if (silent.length > 0) messages.push({ role: "developer", content: "", spelling: { items: silent } });
  for (const message of messages)
    if (message.role === "assistant" && typeof message.content !== "string")
      message.content = attachSignatures(message.content);
  return messages;
}

/** Tools that are declared in the input, where they do not move the beginning of a prompt: Codex' way with GPT-6. */
const ADDITIONAL_TOOLS = "additional_tools";

/** Their definitions. */
export function additionalTools(items: readonly Json[]): Json[] {
  return items.flatMap((item) => {
    const tools = isObject(item) && item["type"] === ADDITIONAL_TOOLS ? item["tools"] : undefined;
    return Array.isArray(tools) ? tools : [];
  });
}

function partsOf(content: string | Part[]): Part[] {
  if (typeof content !== "string") return content;
  return content === "" ? [] : [{ type: "text", text: content }];
}

const ROLES: Readonly<Record<string, Role>> = {
  system: "system",
  developer: "developer",
  user: "user",
  assistant: "assistant",
};

function parseItem(item: JsonObject, param: string): Turn {
  const type = item["type"] ?? (item["role"] === undefined ? undefined : "message");
  switch (type) {
    case "message": {
      const role = ROLES[textOf(item["role"])];
      if (!role) throw invalid(`${param}.role`, `'${param}.role' must be user, assistant, system or developer.`);
      const extra = unknownFields(item);
      return {
        role,
        joins: role === "assistant",
        content: parseContent(item["content"], `${param}.content`),
        ...(extra && { extra }),
      };
    }
    case "function_call":
    case "custom_tool_call":
      return { role: "assistant", joins: true, content: [parseCall(item)] };
    case "local_shell_call":
      return { role: "assistant", joins: true, content: [parseShellCall(item)] };
    case "function_call_output":
    case "local_shell_call_output":
    case "custom_tool_call_output": {
      const { output } = item;
      const content = Array.isArray(output) ? parseContent(output, `${param}.output`) : textOf(output);
      return {
        role: "tool",
        joins: true,
        content: [{ type: "tool-result", toolCallId: textOf(item["call_id"]) || textOf(item["id"]), content }],
      };
    }
    case "reasoning": {
      const reasoning = parseReasoning(item);
      return { role: "assistant", joins: true, content: reasoning ? [reasoning] : [] };
    }
    case "item_reference":
      throw invalid(param, `There is no item "${textOf(item["id"])}"; its response may not have been stored.`);
    default:
      return opaque(item, param);
  }
}

/** The call of a function by that name, which is what other dialects know the local shell as. */
function parseShellCall({ call_id: callId, id, action }: JsonObject): Part {
  const { type: _type, env: _env, ...asked } = isObject(action) ? action : {};
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
  return {
    type: "tool-call",
    id: textOf(callId) || textOf(id),
    name: "local_shell",
    arguments: JSON.stringify(given),
  };
}

const MESSAGE_FIELDS: ReadonlySet<string> = new Set(["type", "role", "content", "id", "status", "phase"]);

function unknownFields(item: JsonObject): JsonObject | undefined {
  const unknown = Object.entries(item).filter(([key, value]) => !MESSAGE_FIELDS.has(key) && value !== null);
  return unknown.length > 0 ? Object.fromEntries(unknown) : undefined;
}

/** Calls and results of tools that the provider runs: nobody else understands them. */
function opaque(item: JsonObject, param: string): Turn {
  const kind = textOf(item["type"]);
  if (kind === "") throw invalid(`${param}.type`, `'${param}' must have a type.`);
  const part: Part = { type: "opaque", dialect: "openai-responses", kind, raw: item };
  const role: Role = /_(output|response)$/.test(kind) ? "tool" : "assistant";
  return { role, joins: true, content: [part] };
}
