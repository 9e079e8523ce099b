/**
 * Names of tools that a target refuses: OpenAI and Anthropic take no dots, which Gemini's clients use; Gemini takes no
 * digit at the start; MCP servers make names that are too long for most; only OpenAI's Responses put tools into groups.
 * Such a tool has another name there, the same one in every turn, and its own again in the answer.
 */
import type { ChatRequest, Part, Tool } from "../canonical/chat.ts";

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

/** Of a dialect that says nothing of names. */
const ANY: NameRule = { refused: /(?!)/g, maxCharacters: Number.POSITIVE_INFINITY };

interface OtherName {
  tool: Tool;
  /** What it is called at the target. */
  name: string;
}

/** The tools that cannot be called by their own names there. */
export function otherNames({ tools, dialect: own }: ChatRequest, dialect: string): readonly OtherName[] {
  if (own === dialect || !tools) return [];
  const rule = RULES[dialect] ?? ANY;
  const others: OtherName[] = [];
  const taken = new Set(tools.flatMap(({ name, namespace }) => (namespace === undefined ? name : [])));
  for (const tool of tools) {
    const whole = wholeName(tool);
    let name = fit(whole, rule);
    if (name === tool.name) continue;
    if (taken.has(name)) name = withMark(name, whole, rule);
    taken.add(name);
    others.push({ tool, name });
  }
  return others;
}

/** As Codex itself joins the two for models without groups. */
function wholeName({ name, namespace }: { name: string; namespace?: string }): string {
  return namespace === undefined ? name : `${namespace}__${name}`;
}

/** The same request where its tools, and the calls of its history, have names that the dialect takes. */
export function withFittingNames(request: ChatRequest, dialect: string): ChatRequest {
  if (request.dialect === dialect) return request;
  const others = new Map(otherNames(request, dialect).map(({ tool, name }) => [wholeName(tool), name]));
  const rule = RULES[dialect] ?? ANY;
  if (others.size === 0 && !hasUnfitCalls(request, rule)) return request;
  // A call may name a group that its tool was not declared in: OpenAI does so for tools that were searched for.
  const nameOf = (called: { name: string; namespace?: string }) =>
    others.get(wholeName(called)) ?? others.get(called.name) ?? fit(called.name, rule);
  const renamed = (part: Part): Part => {
    if (part.type === "tool-call") return { ...part, name: nameOf(part) };
    if (part.type !== "tool-result" || part.name === undefined) return part;
    return { ...part, name: nameOf({ name: part.name }) };
  };
  const { tools, toolChoice: choice } = request;
  return {
    ...request,
    messages: request.messages.map((message) =>
      typeof message.content === "string" ? message : { ...message, content: message.content.map(renamed) },
    ),
    ...(tools && { tools: tools.map((tool) => ({ ...tool, name: nameOf(tool) })) }),
    ...(typeof choice === "object" && "name" in choice && { toolChoice: { name: nameOf(choice) } }),
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
