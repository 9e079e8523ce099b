/** What OpenAI's Responses refuse with a 400 before any model runs. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "background",
  "client_metadata",
  "conversation",
  "include",
  "input",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "metadata",
  "model",
  "parallel_tool_calls",
  "previous_response_id",
  "prompt",
  "prompt_cache_key",
  "prompt_cache_retention",
  "reasoning",
  "safety_identifier",
  "service_tier",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "user",
]);

const ROLES = ["system", "developer", "user", "assistant"];

export function refuseOpenAiResponses(body: JsonObject, strict: boolean): WireRefusal | undefined {
  if (typeof body["model"] !== "string" || body["model"] === "")
    return refusal("Missing required parameter: 'model'.", "model");
  const { input } = body;
  if (typeof input !== "string" && !Array.isArray(input))
    return refusal("Missing required parameter: 'input'.", "input");
  if (body["stream_options"] !== undefined && body["stream_options"] !== null && body["stream"] !== true)
    return refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`Unknown parameter: '${unknown}'.`, unknown);
  // Nothing is kept here, as with a key that did not make the response.
  if (typeof body["previous_response_id"] === "string")
    return refusal(`Previous response with id '${body["previous_response_id"]}' not found.`, "previous_response_id");
  return Array.isArray(input) ? refuseItems(input as JsonObject[]) : undefined;
}

/** Every result answers a call before it, every call is answered, and encrypted reasoning is this account's own. */
function refuseItems(items: readonly JsonObject[]): WireRefusal | undefined {
  const open = new Set<string>();
  for (const [index, item] of items.entries()) {
    const { type } = item;
    if (type === undefined || type === "message") {
      if (!ROLES.includes(item["role"] as string))
        return refusal(`Invalid value: '${item["role"]}'.`, `input[${index}].role`);
    } else if (type === "function_call" || type === "custom_tool_call") open.add(item["call_id"] as string);
    else if (type === "function_call_output" || type === "custom_tool_call_output") {
      if (!open.delete(item["call_id"] as string))
        return refusal(`No tool call found for function call output with call_id ${item["call_id"]}.`, "input");
    } else if (type === "item_reference") return refusal(`Item with id '${item["id"]}' not found.`, `input[${index}]`);
    else if (type === "reasoning" && String(item["encrypted_content"] ?? "").startsWith("eg1."))
      return refusal("The encrypted content could not be verified.", `input[${index}]`);
  }
  const [unanswered] = open;
  return unanswered === undefined
    ? undefined
    : refusal(`No tool output found for function call ${unanswered}.`, "input");
}

function refusal(message: string, param: string): WireRefusal {
  return { refused: "invalid_request", message, param };
}
