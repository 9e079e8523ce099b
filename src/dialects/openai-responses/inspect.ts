import type { RequestFacts } from "../../canonical/call.ts";
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { isObject } from "../json-object.ts";

/** The gateway's own 400s of this dialect and the facts of a body. Null means absent, as OpenAI has it. */
export function inspectRequest(body: JsonObject, path?: { model?: string; stream?: boolean }): RequestFacts {
  const { input, stream, user } = body;
  const model = path?.model ?? body["model"];
  if (model === undefined || model === null) throw invalid("model", "Missing required parameter: 'model'.");
  if (typeof model !== "string" || model === "") throw invalid("model", "'model' must be a non-empty string.");
  checkInput(input, body);
  checkState(body);
  if (stream !== undefined && stream !== null && typeof stream !== "boolean")
    throw invalid("stream", "'stream' must be true or false.");
  const facts: RequestFacts = {
    model,
    stream: path?.stream ?? stream === true,
    choices: 1,
    wantsUsage: true,
    echo: echoOf(body),
  };
  const limit = body["max_output_tokens"];
  if (typeof limit === "number" && Number.isFinite(limit) && limit > 0) facts.maxOutputTokens = limit;
  if (typeof user === "string" && user !== "") facts.user = user;
  return facts;
}

export function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}

/** Only a stored prompt can do without input. */
function checkInput(input: Json | undefined, body: JsonObject): void {
  if (typeof input === "string" && input !== "") return;
  if ((input === undefined || input === null) && isObject(body["prompt"])) return;
  if (input === undefined || input === null) throw invalid("input", "Missing required parameter: 'input'.");
  if (!Array.isArray(input)) throw invalid("input", "'input' must be a text or a list of items.");
  if (input.length === 0) throw invalid("input", "'input' must hold at least one item.");
}

/**
 * What only OpenAI's own servers could keep. It is refused rather than left out: an answer without the conversation that
 * its client means, or one that comes at once where nobody waits for it, would be another one.
 */
function checkState({ conversation, background, stream, previous_response_id: previous }: JsonObject): void {
  if (conversation !== undefined && conversation !== null) {
    if (previous !== undefined && previous !== null)
      throw invalid(
        "conversation",
        "'previous_response_id' and 'conversation' exclude each other; of the two only 'previous_response_id' is kept here.",
      );
    throw invalid(
      "conversation",
      "Conversations are not kept here: go on with 'previous_response_id', or send the items.",
    );
  }
  // On a stream the answer comes all the same, and can be streamed again once it is whole.
  if (background === true && stream !== true)
    throw invalid("background", "Responses are not made in the background here: leave 'background' out, or stream.");
  // Left to a target that knows no such field, the conversation would be lost without a word.
  if (previous !== undefined && previous !== null && typeof previous !== "string")
    throw invalid("previous_response_id", "'previous_response_id' must be the id of a response.");
}

/** What a response says again of its request; the SDKs' types require the first five of them. */
const ECHOED = [
  "parallel_tool_calls",
  "tool_choice",
  "tools",
  "temperature",
  "top_p",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "metadata",
  "previous_response_id",
  "prompt_cache_key",
  "reasoning",
  "safety_identifier",
  "store",
  "text",
  "top_logprobs",
  "truncation",
  "user",
] as const;

function echoOf(body: JsonObject): JsonObject {
  const echo: JsonObject = {};
  for (const key of ECHOED) if (body[key] !== undefined) echo[key] = body[key];
  return echo;
}
