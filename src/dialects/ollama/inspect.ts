import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { isObject } from "../json-object.ts";

export function inspectRequest(body: JsonObject): RequestFacts {
  const { model, messages, stream, options } = body;
  if (typeof model !== "string" || model === "") throw invalid("model", "must be a non-empty string");
  if (!Array.isArray(messages) || messages.length === 0) throw invalid("messages", "must be a non-empty list");
  if (stream !== undefined && typeof stream !== "boolean") throw invalid("stream", "must be true or false");
  const cap = isObject(options) ? options["num_predict"] : undefined;
  return {
    model,
    // It streams unless told otherwise.
    stream: stream !== false,
    choices: 1,
    wantsUsage: true,
    // -1 is endless, -2 fills the context.
    ...(typeof cap === "number" && cap > 0 && { maxOutputTokens: cap }),
  };
}

export function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${param} ${what}.`, { param });
}
