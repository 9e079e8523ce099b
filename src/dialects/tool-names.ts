/**
 * Names of tools that a target refuses: OpenAI and Anthropic take no dots, which Gemini's clients use; Gemini takes no
 * digit at the start; MCP servers make names that are too long for most. Such a tool has another name there, the same
 * one in every turn, and its own again in the answer.
 */
import type { ChatRequest, Part } from "../canonical/chat.ts";

interface NameRule {
  /** Characters that are not taken anywhere in a name. */
  refused: RegExp;
  /** Characters that are not taken at its start. */
  refusedStart?: RegExp;
  maxCharacters: number;
}

const OPENAI: NameRule = { refused: /[^a-zA-Z0-9_-]/g, maxCharacters: 64 };

/** By the API references of November 2026; a dialect without a rule says nothing of names. */
const RULES: Readonly<Record<string, NameRule>> = {
  "openai-chat": OPENAI,
  "openai-responses": OPENAI,
  "anthropic-messages": { refused: /[^a-zA-Z0-9_-]/g, maxCharacters: 128 },
  "bedrock-converse": OPENAI,
  gemini: { refused: /[^a-zA-Z0-9_.:-]/g, refusedStart: /^[^a-zA-Z_]/, maxCharacters: 64 },
};

/** The tools whose names the dialect refuses: what they are called there instead. */
export function otherNames({ tools, dialect: own }: ChatRequest, dialect: string): ReadonlyMap<string, string> {
  const rule = own === dialect ? undefined : RULES[dialect];
  const others = new Map<string, string>();
  if (!rule || !tools) return others;
  const taken = new Set(tools.map(({ name }) => name));
  for (const { name } of tools) {
    let fitting = fit(name, rule);
    if (fitting === name) continue;
    if (taken.has(fitting)) fitting = withMark(fitting, name, rule);
    taken.add(fitting);
    others.set(name, fitting);
  }
  return others;
}

/** The same request where its tools, and the calls of its history, have names that the dialect takes. */
export function withFittingNames(request: ChatRequest, dialect: string): ChatRequest {
  const others = otherNames(request, dialect);
  const rule = request.dialect === dialect ? undefined : RULES[dialect];
  if (!rule || (others.size === 0 && !hasUnfitCalls(request, rule))) return request;
  const nameOf = (name: string) => others.get(name) ?? fit(name, rule);
  const renamed = (part: Part): Part =>
    (part.type === "tool-call" || part.type === "tool-result") && part.name !== undefined
      ? { ...part, name: nameOf(part.name) }
      : part;
  const { tools, toolChoice: choice } = request;
  return {
    ...request,
    messages: request.messages.map((message) =>
      typeof message.content === "string" ? message : { ...message, content: message.content.map(renamed) },
    ),
    ...(tools && { tools: tools.map((tool) => ({ ...tool, name: nameOf(tool.name) })) }),
    ...(typeof choice === "object" && "name" in choice && { toolChoice: { name: nameOf(choice.name) } }),
  };
}

function hasUnfitCalls({ messages }: ChatRequest, rule: NameRule): boolean {
  return messages.some(
    ({ content }) =>
      typeof content !== "string" &&
      content.some((part) => part.type === "tool-call" && fit(part.name, rule) !== part.name),
  );
}

function fit(name: string, rule: NameRule): string {
  const spelled = name.replace(rule.refused, "_");
  const begun = rule.refusedStart?.test(spelled) ? `_${spelled}` : spelled;
  return begun.length > rule.maxCharacters ? withMark(begun, name, rule) : begun;
}

const MARK_CHARACTERS = 9;

/** Ends with a hash of the name: two long names often differ only at their ends. */
function withMark(fitting: string, name: string, { maxCharacters }: NameRule): string {
  return `${fitting.slice(0, maxCharacters - MARK_CHARACTERS)}_${hash(name)}`;
}

/** FNV-1a, 32 bits, in hexadecimal. */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16).padStart(8, "0");
}
