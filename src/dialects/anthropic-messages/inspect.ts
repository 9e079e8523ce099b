import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { isObject } from "./json.ts";

/** Where Claude is hosted by others (Vertex, Bedrock) model and streaming are in the URL. */
export interface PathFacts {
  model?: string;
  stream?: boolean;
}

/**
 * The gateway's own 400s of this dialect. `max_tokens` is among them because Anthropic requires it and a target of
 * another dialect would answer a body without it.
 */
export function inspectRequest(body: JsonObject, path?: PathFacts): RequestFacts {
  const model = path?.model ?? body["model"];
  if (typeof model !== "string" || model === "") throw invalid("model", "must be a non-empty string");
  const { messages, stream, max_tokens: maxTokens, metadata } = body;
  if (!Array.isArray(messages) || messages.length === 0) throw invalid("messages", "must be a non-empty list");
  if (stream !== undefined && typeof stream !== "boolean") throw invalid("stream", "must be true or false");
  if (maxTokens === undefined) throw invalid("max_tokens", "is required");
  // 0 is legal: it fills the prompt cache without an answer.
  if (typeof maxTokens !== "number" || !Number.isInteger(maxTokens) || maxTokens < 0)
    throw invalid("max_tokens", "must be a whole number, 0 or more");
  const facts: RequestFacts = {
    model,
    stream: path?.stream ?? stream === true,
    maxOutputTokens: maxTokens,
    choices: 1,
    wantsUsage: true,
  };
  const user = isObject(metadata) ? metadata["user_id"] : undefined;
  if (typeof user === "string" && user !== "") facts.user = user;
  return facts;
}

/** Anthropic's own errors read `field: what is wrong`. */
export function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${param}: ${what}`, { param });
}
