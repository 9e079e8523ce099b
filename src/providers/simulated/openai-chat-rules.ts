/** What OpenAI's Chat Completions refuse with a 400 before any model runs. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { WireRefusal } from "./wire.ts";

const FIELDS = new Set([
  "messages",
  "model",
  "audio",
  "frequency_penalty",
  "function_call",
  "functions",
  "logit_bias",
  "logprobs",
  "max_completion_tokens",
  "max_tokens",
  "metadata",
  "modalities",
  "moderation",
  "n",
  "parallel_tool_calls",
  "prediction",
  "presence_penalty",
  "prompt_cache_key",
  "prompt_cache_retention",
  "reasoning_effort",
  "response_format",
  "safety_identifier",
  "seed",
  "service_tier",
  "stop",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "user",
  "verbosity",
  "web_search_options",
]);

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"];

export function refuseOpenAiChat(body: JsonObject, strict: boolean): WireRefusal | undefined {
  if (typeof body["model"] !== "string" || body["model"] === "")
    return refusal("you must provide a model parameter", "model");
  const { messages } = body;
  if (!Array.isArray(messages)) return refusal("Missing required parameter: 'messages'.", "messages");
  if (messages.length === 0)
    return refusal(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "messages",
    );
  if (body["stream_options"] !== undefined && body["stream_options"] !== null && body["stream"] !== true)
    return refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  if (typeof body["max_tokens"] === "number" && typeof body["max_completion_tokens"] === "number")
    return refusal("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens");
  const unknown = strict ? Object.keys(body).find((name) => !FIELDS.has(name)) : undefined;
  if (unknown) return refusal(`Unrecognized request argument supplied: ${unknown}`, unknown);
  return refuseMessages(messages as JsonObject[]);
}

/** Every tool call is answered by tool messages right after it, and nothing else is. */
function refuseMessages(messages: JsonObject[]): WireRefusal | undefined {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const role = message["role"] as string;
    const param = `messages.[${index}].role`;
    if (!ROLES.includes(role))
      return refusal(
        `Invalid value: '${role}'. Supported values are: ${ROLES.map((r) => `'${r}'`).join(", ")}.`,
        param,
      );
    if (role === "tool") {
      if (!open.delete(message["tool_call_id"] as string))
        return refusal(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          param,
        );
      continue;
    }
    if (open.size > 0)
      return refusal(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
          `The following tool_call_ids did not have response messages: ${[...open].join(", ")}`,
        param,
      );
    const calls = (message["tool_calls"] ?? []) as JsonObject[];
    open = new Set(role === "assistant" ? calls.map((call) => call["id"] as string) : []);
    if (message["content"] === undefined && calls.length === 0 && message["refusal"] === undefined)
      return refusal(`Missing required parameter: 'messages[${index}].content'.`, `messages.[${index}].content`);
  }
  return undefined;
}

function refusal(message: string, param: string): WireRefusal {
  return { refused: "invalid_request", message, param };
}
