/** What clients of the legacy endpoint send: one text, several, or tokens. */
import type { RequestFacts } from "../../canonical/call.ts";
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { choiceCount } from "../openai-chat/inspect.ts";
import { openaiChat } from "../openai-chat/openai-chat.ts";

/** Every prompt has answers of its own, and `best_of` are written for each answer that is shown. */
export function inspectRequest(body: JsonObject): RequestFacts {
  const { prompt, best_of: bestOf, ...rest } = body;
  const prompts = promptsOf(prompt);
  const facts = openaiChat.inspect({ ...rest, messages: [{ role: "user", content: "" }] });
  const each = Math.max(choiceCount(bestOf) ?? 1, facts.choices);
  return { ...facts, choices: prompts * each };
}

/** The same as a body of chat. Throws GatewayError for prompts that are no single text. */
export function chatBody({ prompt, logprobs: _, ...rest }: JsonObject): JsonObject {
  const [text, ...others] = Array.isArray(prompt) ? prompt : [prompt];
  if (typeof text !== "string" || others.length > 0)
    throw invalid("'prompt' must be one text here: lists of texts and tokens have no counterpart in chat.");
  return { ...rest, messages: [{ role: "user", content: text }] };
}

/** How many there are. */
function promptsOf(prompt: Json | undefined): number {
  if (prompt === undefined || prompt === null) throw invalid("Missing required parameter: 'prompt'.");
  if (typeof prompt === "string") return 1;
  const list = Array.isArray(prompt) ? prompt : [];
  if (list.length > 0 && list.every((one) => typeof one === "number")) return 1;
  if (list.length > 0 && (list.every((one) => typeof one === "string") || list.every(isTokens))) return list.length;
  throw invalid("'prompt' must be a text, a list of texts, or tokens.");
}

function isTokens(value: Json): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((token) => typeof token === "number");
}

function invalid(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param: "prompt" });
}
