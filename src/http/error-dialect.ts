/** Whose error envelope a path speaks, also where no route is: an Anthropic SDK must understand a 404 as well. */
import { anthropicMessages } from "../dialects/anthropic-messages/anthropic-messages.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { gemini } from "../dialects/gemini/gemini.ts";
import { openaiChat } from "../dialects/openai-chat/openai-chat.ts";

export function errorDialectOf(path: string, request: Request): Dialect {
  if (speaksGemini(path, request)) return gemini;
  return speaksAnthropic(path, request) ? anthropicMessages : openaiChat;
}

/**
 * Google's SDKs have asked below `/v1` as well since 3.0 (2026), where the models of three vendors are on one path. They
 * say who they are by a header; nobody else posts there.
 */
export function speaksGemini(path: string, request: Request): boolean {
  if (path.startsWith("/v1beta/") || path.startsWith("/gemini/")) return true;
  if (path.startsWith("/v1/models/") && request.method === "POST") return true;
  return path.startsWith("/v1/models") && request.headers.has("x-goog-api-client");
}

/** `/v1/models`: Anthropic's SDKs say so by their version header. */
export function speaksAnthropic(path: string, request: Request): boolean {
  if (path.startsWith("/anthropic/") || path === "/v1/messages" || path.startsWith("/v1/messages/")) return true;
  return path.startsWith("/v1/models") && request.headers.has("anthropic-version");
}
