import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { isObject } from "../json-object.ts";

export interface PathFacts {
  model?: string;
  stream?: boolean;
}

export function inspectRequest(body: JsonObject, path?: PathFacts): RequestFacts {
  if (!path?.model) throw invalid("modelId", "must be in the path");
  const { messages, inferenceConfig } = body;
  if (!Array.isArray(messages) || messages.length === 0) throw invalid("messages", "must be a non-empty list");
  const facts: RequestFacts = { model: path.model, stream: path.stream === true, choices: 1, wantsUsage: true };
  const maxTokens = isObject(inferenceConfig) ? inferenceConfig["maxTokens"] : undefined;
  if (typeof maxTokens === "number") facts.maxOutputTokens = maxTokens;
  return facts;
}

export function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${param} ${what}.`, { param });
}
