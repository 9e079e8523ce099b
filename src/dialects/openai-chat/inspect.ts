import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { isObject } from "./json.ts";

/** The gateway's own 400s of this dialect and the facts of a body. Null means absent, as OpenAI has it. */
export function inspectRequest(body: JsonObject, path?: { model?: string; stream?: boolean }): RequestFacts {
  const { messages, stream, user } = body;
  const model = path?.model ?? body["model"];
  if (model === undefined || model === null) throw invalid("model", "you must provide a model parameter.");
  if (typeof model !== "string" || model === "") throw invalid("model", "'model' must be a non-empty string.");
  if (messages === undefined || messages === null) throw invalid("messages", "Missing required parameter: 'messages'.");
  if (!Array.isArray(messages)) throw invalid("messages", "'messages' must be a list of messages.");
  if (messages.length === 0) throw invalid("messages", "'messages' must hold at least one message.");
  if (stream !== undefined && stream !== null && typeof stream !== "boolean")
    throw invalid("stream", "'stream' must be true or false.");
  const streamOptions = body["stream_options"];
  const facts: RequestFacts = {
    model,
    stream: path?.stream ?? stream === true,
    choices: choiceCount(body["n"]) ?? 1,
    wantsUsage: isObject(streamOptions) && streamOptions["include_usage"] === true,
  };
  const maxOutputTokens = positive(body["max_completion_tokens"]) ?? positive(body["max_tokens"]);
  if (maxOutputTokens !== undefined) facts.maxOutputTokens = maxOutputTokens;
  if (typeof user === "string" && user !== "") facts.user = user;
  return facts;
}

export function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}

/** Undefined where none is named. Servers built on pydantic, vLLM among them, take "5" for 5 and write five answers. */
export function choiceCount(value: unknown): number | undefined {
  return positive(typeof value === "string" ? Number(value) : value);
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
