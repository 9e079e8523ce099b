/**
 * More tokens than the upstream can count in a request, without a tokenizer on the hot path. Every tokenizer in use
 * works on bytes, so no text has more tokens than bytes; words of ASCII letters have less than one token in two.
 * What the body only names (an image's address, a file, a stored conversation) is bounded by the context window alone.
 */
import type { Call } from "../canonical/call.ts";
import type { JsonObject, Part } from "../canonical/chat.ts";
import { tokensAtMost } from "../canonical/text-bound.ts";

/** The largest window on the market, for models whose own is not known. */
const LARGEST_WINDOW_TOKENS = 2_000_000;
/** Turns, priming and what a provider adds by itself; with tools Anthropic adds up to some 700 tokens of instruction. */
const FRAME_TOKENS = 64;
const TOOLS_TOKENS = 1_024;

export function inputBound(call: Call, contextTokens: number | undefined): number {
  const window = contextTokens ?? LARGEST_WINDOW_TOKENS;
  const { json, bytes } = call.body;
  if (!isInBody(call)) return window;
  const tokens = tokensAtMost(bytes) + FRAME_TOKENS + (Array.isArray(json["tools"]) ? TOOLS_TOKENS : 0);
  return contextTokens === undefined ? tokens : Math.min(tokens, contextTokens);
}

/** Fields by which a request takes in what is kept elsewhere; `prompt` is text on completions. */
const ELSEWHERE = ["previous_response_id", "conversation", "cachedContent", "cached_content", "container"];

function isInBody(call: Call): boolean {
  const { json } = call.body;
  for (const field of ELSEWHERE) if (json[field] != null) return false;
  if (typeof json["prompt"] === "object" && json["prompt"] !== null && !Array.isArray(json["prompt"])) return false;
  if (call.operation !== "chat" || call.dialect === "openai-completions") return true;
  if (hasPlainMessages(json)) return true;
  return call.body.chat().messages.every(({ content }) => typeof content === "string" || content.every(isText));
}

/** The usual case, without the canonical form. */
function hasPlainMessages(json: JsonObject): boolean {
  const { messages, system } = json;
  if (!Array.isArray(messages) || (system !== undefined && typeof system !== "string")) return false;
  for (const message of messages) {
    const content = message !== null && typeof message === "object" && !Array.isArray(message) && message["content"];
    if (typeof content !== "string") return false;
  }
  return true;
}

function isText(part: Part): boolean {
  switch (part.type) {
    case "text":
    case "tool-call":
    case "reasoning":
    case "refusal":
      return true;
    case "tool-result":
      return typeof part.content === "string" || part.content.every(isText);
    case "document":
      return part.source.kind === "text";
    default:
      return false;
  }
}
