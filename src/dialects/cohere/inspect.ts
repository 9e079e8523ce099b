import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";

export function inspectRequest(body: JsonObject): RequestFacts {
  const { model, messages, stream, max_tokens: maxTokens } = body;
  if (typeof model !== "string" || model === "") throw invalid("model", "must be a non-empty string");
  if (!Array.isArray(messages) || messages.length === 0) throw invalid("messages", "must be a non-empty list");
  if (stream !== undefined && typeof stream !== "boolean") throw invalid("stream", "must be true or false");
  return {
    model,
    stream: stream === true,
    choices: 1,
    wantsUsage: true,
    ...(typeof maxTokens === "number" && { maxOutputTokens: maxTokens }),
  };
}

export function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${param} ${what}.`, { param });
}
