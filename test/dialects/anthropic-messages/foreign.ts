/** Requests of another dialect, as they reach a Claude model. */
import type { ChatRequest, JsonObject, Message } from "../../../src/canonical/chat.ts";
import { anthropicMessages } from "../../../src/dialects/anthropic-messages/anthropic-messages.ts";
import type { BodyChanges } from "../../../src/dialects/dialect.ts";

export const USER: Message = { role: "user", content: "hi" };

export function to(model: string, change: Partial<BodyChanges> = {}): BodyChanges {
  return { traits: { model, vendor: "anthropic", defaultMaxOutputTokens: 4096 }, stream: false, ...change };
}

export function foreign(fields: Partial<ChatRequest>): ChatRequest {
  return { operation: "chat", dialect: "openai-chat", model: "m", stream: false, messages: [USER], ...fields };
}

export function format(fields: Partial<ChatRequest>, model = "claude-sonnet-4-5") {
  return anthropicMessages.formatRequest(foreign(fields), to(model));
}

export function text(value: string): JsonObject {
  return { type: "text", text: value };
}
