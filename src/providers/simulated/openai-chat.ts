/** OpenAI's Chat Completions as its API reference and its answers show them (2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { ErrorKind } from "./faults.ts";
import { refuseOpenAiChat } from "./openai-chat-rules.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest, WireTool } from "./wire.ts";

export const openAiChatWire: WireDialect = {
  name: "openai-chat",
  serves: (path) => path.endsWith("/chat/completions"),
  credential: (headers) => headers["authorization"]?.replace(/^Bearer /, "") ?? headers["api-key"],
  read: (body, _headers, strict) => refuseOpenAiChat(body, strict) ?? readRequest(body),
  whole,
  stream,
  error: errorOf,
  errorFrame: (kind) => `data: ${JSON.stringify(errorOf(kind, {}).body)}\n\n`,
};

function readRequest(body: JsonObject): WireRequest {
  const messages = body["messages"] as JsonObject[];
  const lastUser = messages.findLastIndex((message) => message["role"] === "user");
  const results = messages.slice(lastUser + 1).filter((message) => message["role"] === "tool");
  const maxTokens = body["max_completion_tokens"] ?? body["max_tokens"];
  const effort = body["reasoning_effort"];
  const choice = body["tool_choice"] as Json | undefined;
  const stop = body["stop"];
  return {
    model: body["model"] as string,
    stream: body["stream"] === true,
    lastUserText: textOf(messages[lastUser]?.["content"]),
    toolResults: results.map((message) => textOf(message["content"])),
    inputTokens: messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message["content"])), 3),
    ...(typeof maxTokens === "number" && { maxTokens }),
    stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? (stop as string[]) : [],
    tools: ((body["tools"] ?? []) as JsonObject[]).flatMap(toolOf),
    toolChoice: choiceOf(choice),
    thinks: typeof effort === "string" && effort !== "none",
    includeUsage: (body["stream_options"] as JsonObject | undefined)?.["include_usage"] === true,
  };
}

function toolOf(tool: JsonObject): WireTool[] {
  const definition = tool["function"] as JsonObject | undefined;
  if (!definition) return [];
  return [{ name: definition["name"] as string, schema: (definition["parameters"] ?? {}) as JsonObject }];
}

function choiceOf(choice: Json | undefined): WireRequest["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  const named = ((choice as JsonObject | undefined)?.["function"] as JsonObject | undefined)?.["name"];
  return typeof named === "string" ? { name: named } : "auto";
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => String((part as JsonObject)["text"] ?? "")).join("");
}

const FINISH_WORDS = { stop: "stop", length: "length", "tool-calls": "tool_calls" } as const;

function usageOf(answer: WireAnswer): JsonObject {
  const completion = answer.outputTokens + answer.thinkingTokens;
  return {
    prompt_tokens: answer.inputTokens,
    completion_tokens: completion,
    total_tokens: answer.inputTokens + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.thinkingTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function whole(answer: WireAnswer): JsonObject {
  const message: JsonObject = {
    role: "assistant",
    content: answer.toolCalls.length > 0 ? null : answer.text.join(""),
    refusal: null,
    annotations: [],
  };
  if (answer.thinking.length > 0) message["reasoning_content"] = answer.thinking.join("");
  if (answer.toolCalls.length > 0)
    message["tool_calls"] = answer.toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
  return {
    id: `chatcmpl-${answer.id}`,
    object: "chat.completion",
    created: answer.createdSeconds,
    model: answer.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishWord ?? FINISH_WORDS[answer.finish] }],
    usage: usageOf(answer),
    service_tier: "default",
    system_fingerprint: "fp_simulated",
  };
}

function stream(answer: WireAnswer, request: WireRequest): Frame[] {
  const chunk = (kind: Frame["kind"], choices: Json, usage?: JsonObject): Frame => {
    const body: JsonObject = {
      id: `chatcmpl-${answer.id}`,
      object: "chat.completion.chunk",
      created: answer.createdSeconds,
      model: answer.model,
      service_tier: "default",
      system_fingerprint: "fp_simulated",
      choices,
    };
    if (request.includeUsage) body["usage"] = usage ?? null;
    return { kind, text: `data: ${JSON.stringify(body)}\n\n` };
  };
  const delta = (value: JsonObject, kind: Frame["kind"] = "content", finish: string | null = null): Frame =>
    chunk(kind, [{ index: 0, delta: value, logprobs: null, finish_reason: finish }]);
  const calls = answer.toolCalls.flatMap((call, index) => [
    delta({
      tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }],
    }),
    ...pieces(call.arguments).map((part) => delta({ tool_calls: [{ index, function: { arguments: part } }] })),
  ]);
  const frames: Frame[] = [
    delta(
      answer.toolCalls.length > 0
        ? { role: "assistant", content: null }
        : { role: "assistant", content: "", refusal: null },
      "start",
    ),
    ...answer.thinking.map((token) => delta({ reasoning_content: token })),
    ...answer.text.map((token) => delta({ content: token })),
    ...calls,
    delta({}, "finish", answer.finishWord ?? FINISH_WORDS[answer.finish]),
  ];
  if (request.includeUsage) frames.push(chunk("usage", [], usageOf(answer)));
  frames.push({ kind: "done", text: "data: [DONE]\n\n" });
  return frames;
}

/** Arguments arrive in fragments that break inside JSON tokens. */
function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,7}/g) ?? [];
}

type Words = [status: number, type: string, code: string | null, message: string, param?: string];

const ERRORS: Readonly<Record<ErrorKind, Words>> = {
  rate_limited: [429, "requests", "rate_limit_exceeded", "Rate limit reached for requests. Please try again later."],
  insufficient_quota: [
    429,
    "insufficient_quota",
    "insufficient_quota",
    "You exceeded your current quota, please check your plan and billing details.",
  ],
  payment_required: [402, "insufficient_quota", "402", "Insufficient credits."],
  invalid_key: [401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: ****."],
  permission: [403, "invalid_request_error", null, "You do not have access to this resource."],
  context_length: [
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens. Please reduce the length of the messages.",
    "messages",
  ],
  content_policy: [
    400,
    "invalid_request_error",
    "content_policy_violation",
    "Your request was rejected as a result of our safety system.",
  ],
  unsupported_parameter: [
    400,
    "invalid_request_error",
    "unsupported_parameter",
    "Unsupported parameter: 'temperature' is not supported with this model.",
    "temperature",
  ],
  prefill_refused: [
    400,
    "invalid_request_error",
    null,
    "This model does not support assistant message prefill. The conversation must end with a user message.",
    "messages",
  ],
  invalid_request: [400, "invalid_request_error", null, "The request is invalid."],
  model_not_found: [404, "invalid_request_error", "model_not_found", "The model does not exist.", "model"],
  server: [500, "server_error", null, "The server had an error while processing your request. Sorry about that!"],
  bad_gateway: [502, "server_error", null, "Bad gateway."],
  unavailable: [503, "server_error", null, "The engine is currently overloaded, please try again later."],
  overloaded: [529, "server_error", "overloaded", "Overloaded."],
};

function errorOf(kind: ErrorKind, detail: RefusalDetail): { status: number; body: JsonObject } {
  const [status, type, code, message, param] = ERRORS[kind];
  const named = kind === "model_not_found" && detail.model ? `The model \`${detail.model}\` does not exist.` : message;
  return {
    status,
    body: { error: { message: detail.message ?? named, type, param: detail.param ?? param ?? null, code } },
  };
}
