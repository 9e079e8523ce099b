/** Anthropic's Messages API as its reference and its answers show it (version 2023-06-01, 2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import { refuseAnthropicMessages, signatureOf } from "./anthropic-messages-rules.ts";
import type { ErrorKind } from "./faults.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest } from "./wire.ts";

export const anthropicMessagesWire: WireDialect = {
  name: "anthropic-messages",
  serves: (path) => path.endsWith("/messages"),
  credential: (headers) => headers["x-api-key"] ?? headers["authorization"]?.replace(/^Bearer /, ""),
  read: (body, headers, strict) => refuseAnthropicMessages(body, headers, strict) ?? readRequest(body),
  whole,
  stream,
  error: errorOf,
  errorFrame: (kind) => event("error", errorOf(kind, {}).body),
};

function readRequest(body: JsonObject): WireRequest {
  const messages = body["messages"] as JsonObject[];
  const last = messages.at(-1)!;
  const lastUser = messages.findLast((message) => message["role"] === "user");
  const choice = body["tool_choice"] as JsonObject | undefined;
  const thinking = (body["thinking"] as JsonObject | undefined)?.["type"];
  return {
    model: body["model"] as string,
    stream: body["stream"] === true,
    lastUserText: textOf(lastUser?.["content"]),
    toolResults: blocksOf(lastUser?.["content"])
      .filter((block) => block["type"] === "tool_result")
      .map((block) => textOf(block["content"])),
    inputTokens:
      countTokens(textOf(body["system"])) +
      messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message["content"])), 0),
    maxTokens: body["max_tokens"] as number,
    stop: (body["stop_sequences"] ?? []) as string[],
    tools: ((body["tools"] ?? []) as JsonObject[]).map((tool) => ({
      name: tool["name"] as string,
      schema: (tool["input_schema"] ?? {}) as JsonObject,
    })),
    toolChoice: choiceOf(choice),
    thinks: thinking === "enabled" || thinking === "adaptive",
    includeUsage: true,
    ...(last["role"] === "assistant" && { prefill: textOf(last["content"]) }),
  };
}

function choiceOf(choice: JsonObject | undefined): WireRequest["toolChoice"] {
  switch (choice?.["type"]) {
    case "any":
      return "required";
    case "none":
      return "none";
    case "tool":
      return { name: choice["name"] as string };
    default:
      return "auto";
  }
}

function blocksOf(content: Json | undefined): JsonObject[] {
  return Array.isArray(content) ? (content as JsonObject[]) : [];
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  return blocksOf(content)
    .map((block) => (typeof block["text"] === "string" ? block["text"] : ""))
    .join("");
}

const FINISH_WORDS = { stop: "end_turn", length: "max_tokens", "tool-calls": "tool_use" } as const;

function stopReason(answer: WireAnswer): string {
  return answer.finishWord ?? (answer.stopSequence !== undefined ? "stop_sequence" : FINISH_WORDS[answer.finish]);
}

function inputUsage(answer: WireAnswer): JsonObject {
  return {
    input_tokens: answer.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    service_tier: "standard",
  };
}

function messageOf(answer: WireAnswer): JsonObject {
  return {
    id: `msg_${answer.id}`,
    type: "message",
    role: "assistant",
    model: answer.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...inputUsage(answer), output_tokens: 1 },
  };
}

/** `toolu_` as the real ones; the digits are what tells calls apart. */
function toolUseOf(call: WireAnswer["toolCalls"][number]): JsonObject {
  return { type: "tool_use", id: call.id.replace(/^call_/, "toolu_"), name: call.name };
}

function whole(answer: WireAnswer): JsonObject {
  const content: JsonObject[] = [];
  const thinking = answer.thinking.join("");
  if (thinking !== "") content.push({ type: "thinking", thinking, signature: signatureOf(thinking) });
  if (answer.text.length > 0) content.push({ type: "text", text: answer.text.join("") });
  for (const call of answer.toolCalls) content.push({ ...toolUseOf(call), input: JSON.parse(call.arguments) });
  return {
    ...messageOf(answer),
    content,
    stop_reason: stopReason(answer),
    stop_sequence: answer.stopSequence ?? null,
    usage: { ...inputUsage(answer), output_tokens: answer.outputTokens + answer.thinkingTokens },
  };
}

function stream(answer: WireAnswer): Frame[] {
  const frames: Frame[] = [frame("start", "message_start", { message: messageOf(answer) }), frame("other", "ping", {})];
  let index = 0;
  const block = (start: JsonObject, deltas: JsonObject[]) => {
    frames.push(frame("other", "content_block_start", { index, content_block: start }));
    for (const delta of deltas) frames.push(frame("content", "content_block_delta", { index, delta }));
    frames.push(frame("other", "content_block_stop", { index }));
    index += 1;
  };
  if (answer.thinking.length > 0)
    block({ type: "thinking", thinking: "", signature: "" }, [
      ...answer.thinking.map((thinking) => ({ type: "thinking_delta", thinking })),
      { type: "signature_delta", signature: signatureOf(answer.thinking.join("")) },
    ]);
  if (answer.text.length > 0)
    block(
      { type: "text", text: "" },
      answer.text.map((text) => ({ type: "text_delta", text })),
    );
  for (const call of answer.toolCalls)
    block(
      { ...toolUseOf(call), input: {} },
      ["", ...(call.arguments.match(/[\s\S]{1,7}/g) ?? [])].map((json) => ({
        type: "input_json_delta",
        partial_json: json,
      })),
    );
  frames.push(
    frame("finish", "message_delta", {
      delta: { stop_reason: stopReason(answer), stop_sequence: answer.stopSequence ?? null },
      usage: { output_tokens: answer.outputTokens + answer.thinkingTokens },
    }),
    frame("done", "message_stop", {}),
  );
  return frames;
}

function frame(kind: Frame["kind"], type: string, fields: JsonObject): Frame {
  return { kind, text: event(type, { type, ...fields }) };
}

function event(type: string, body: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify(body)}\n\n`;
}

type Words = [status: number, type: string, message: string];

const ERRORS: Readonly<Record<ErrorKind, Words>> = {
  rate_limited: [429, "rate_limit_error", "This request would exceed your organization's rate limit."],
  // An empty balance is a 400 there, told from other 400s by its text alone.
  insufficient_quota: [
    400,
    "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
  ],
  payment_required: [402, "billing_error", "There is an issue with your billing or payment information."],
  invalid_key: [401, "authentication_error", "invalid x-api-key"],
  permission: [403, "permission_error", "Your API key does not have permission to use the specified resource."],
  context_length: [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"],
  content_policy: [400, "invalid_request_error", "Output blocked by content filtering policy"],
  unsupported_parameter: [400, "invalid_request_error", "`temperature` is not supported with this model."],
  prefill_refused: [
    400,
    "invalid_request_error",
    "This model does not support assistant message prefill. The conversation must end with a user message.",
  ],
  invalid_request: [400, "invalid_request_error", "The request is invalid."],
  model_not_found: [404, "not_found_error", "model: not found"],
  server: [500, "api_error", "Internal server error"],
  bad_gateway: [502, "api_error", "Bad gateway"],
  unavailable: [503, "api_error", "Service unavailable"],
  overloaded: [529, "overloaded_error", "Overloaded"],
};

function errorOf(kind: ErrorKind, detail: RefusalDetail): { status: number; body: JsonObject } {
  const [status, type, message] = ERRORS[kind];
  const named = kind === "model_not_found" && detail.model ? `model: ${detail.model}` : message;
  return {
    status,
    body: { type: "error", error: { type, message: detail.message ?? named }, request_id: "req_simulated" },
  };
}
