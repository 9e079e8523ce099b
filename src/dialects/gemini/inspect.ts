import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { countOf, objectOf } from "./json.ts";
import { camel } from "./proto-names.ts";

/** Model and streaming are in the URL: `models/{model}:streamGenerateContent`. */
export interface PathFacts {
  model?: string;
  stream?: boolean;
}

/** The gateway's own 400s of this dialect. Usage is part of every Gemini stream. */
export function inspectRequest(body: JsonObject, path?: PathFacts): RequestFacts {
  const model = path?.model ?? body["model"];
  if (typeof model !== "string" || model === "") throw invalid("model", "must be named in the path");
  const { contents } = body;
  if (!Array.isArray(contents) || contents.length === 0) throw invalid("contents", "must be a non-empty list");
  const config = camel(objectOf(camel(body)["generationConfig"]));
  const facts: RequestFacts = {
    model,
    stream: path?.stream === true,
    choices: Math.max(1, countOf(config["candidateCount"])),
    wantsUsage: true,
  };
  const cap = countOf(config["maxOutputTokens"]);
  if (cap > 0) facts.maxOutputTokens = cap;
  return facts;
}

/** Google's own texts name the field first. */
export function invalid(param: string, what: string): GatewayError {
  return new GatewayError("invalid_request", `${param}: ${what}.`, { param });
}
