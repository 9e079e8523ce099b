/**
 * Tools that only OpenAI has a form for, as functions for everybody else: custom tools, whose input is free text
 * (GPT-5's `apply_patch`), and the local shell. What the model then calls is turned back by `restore-calls.ts`.
 */
import type { JsonObject, Tool, ToolCallPart } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";

/** What a tool is for the client that declared it. */
export type CustomKind = "custom" | "local_shell";

/** The one parameter of a custom tool that became a function; also the key of its calls in a history. */
export const INPUT = "input";

/** The tool as a function, or itself where it is none of these. `warn` is told of a format that nobody enforces. */
export function asFunctionTool(tool: Tool, warn: (field: string) => void): Tool {
  switch (customKind(tool)) {
    case "custom":
      return customAsFunction(tool, warn);
    case "local_shell":
      return LOCAL_SHELL;
    default:
      return tool;
  }
}

/** A custom call of a history, as the call of the function that stands for its tool. */
export function asFunctionCall({ custom, ...call }: ToolCallPart): ToolCallPart {
  return custom ? { ...call, arguments: JSON.stringify({ [INPUT]: call.arguments }) } : call;
}

/** The definition of a custom tool: OpenAI's chat wraps it, its Responses API does not. */
export function customDefinition({ builtin }: Tool): JsonObject | undefined {
  if (builtin?.kind !== "custom") return undefined;
  const { custom } = builtin.raw;
  if (builtin.dialect === "openai-chat") return isObject(custom) ? custom : undefined;
  return builtin.dialect === "openai-responses" ? builtin.raw : undefined;
}

/** How a tool that becomes a function is to be called towards the client. */
export function customKind(tool: Tool): CustomKind | undefined {
  if (customDefinition(tool)) return "custom";
  const { builtin } = tool;
  return builtin?.dialect === "openai-responses" && builtin.kind === "local_shell" ? "local_shell" : undefined;
}

export interface Grammar {
  /** `lark` or `regex`. */
  syntax: string;
  definition: string;
}

/** The same two words in both dialects, one level deeper in chat. */
export function grammarOf({ format }: JsonObject): Grammar | undefined {
  if (!isObject(format) || format["type"] !== "grammar") return undefined;
  const { syntax, definition } = isObject(format["grammar"]) ? format["grammar"] : format;
  return { syntax: textOf(syntax), definition: textOf(definition) };
}

function customAsFunction(tool: Tool, warn: (field: string) => void): Tool {
  const definition = customDefinition(tool)!;
  const grammar = grammarOf(definition);
  const text = textOf(definition["description"]);
  const parts = text === "" ? [RULE] : [text, RULE];
  if (grammar) {
    const what = grammar.syntax === "regex" ? "regular expression" : `${grammar.syntax} grammar`;
    parts.push(`The text must match this ${what}:\n\n${grammar.definition}`);
    warn(tool.builtin!.dialect === "openai-chat" ? "tools[].custom.format" : "tools[].format");
  }
  return {
    name: tool.name,
    description: parts.join("\n\n"),
    parameters: {
      type: "object",
      properties: { [INPUT]: { type: "string", description: "The whole input of the tool, as plain text." } },
      required: [INPUT],
      additionalProperties: false,
    },
  };
}

const RULE = `The tool takes plain text, not an object: give all of it as the one string \`${INPUT}\`.`;

const LOCAL_SHELL: Tool = {
  name: "local_shell",
  description: "Runs a command on the user's machine and returns what it printed.",
  parameters: {
    type: "object",
    properties: {
      command: { type: "array", items: { type: "string" }, description: "The program and its arguments." },
      timeout_ms: { type: "integer", description: "When to stop the command, in milliseconds." },
      working_directory: { type: "string", description: "Where to run it." },
    },
    required: ["command"],
    additionalProperties: false,
  },
};
