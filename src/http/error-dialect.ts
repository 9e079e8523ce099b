/** Whose error envelope a path speaks, also where no route is: an Anthropic SDK must understand a 404 as well. */
import { anthropicMessages } from "../dialects/anthropic-messages/anthropic-messages.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { gemini } from "../dialects/gemini/gemini.ts";
import { openaiChat } from "../dialects/openai-chat/openai-chat.ts";

export function errorDialectOf(path: string, request: Request): Dialect {
  if (path.startsWith("/v1beta/") || path.startsWith("/gemini/")) return gemini;
  return speaksAnthropic(path, request) ? anthropicMessages : openaiChat;
}

/** `/v1/models` is one path for two vendors: Anthropic's SDKs say so by their version header. */
export function speaksAnthropic(path: string, request: Request): boolean {
  if (path.startsWith("/anthropic/") || path === "/v1/messages" || path.startsWith("/v1/messages/")) return true;
  return path.startsWith("/v1/models") && request.headers.has("anthropic-version");
}
