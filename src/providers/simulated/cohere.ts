/** Cohere's chat API, version 2, as its reference and recorded answers show it (2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import { refuseCohere } from "./cohere-rules.ts";
import type { ErrorKind } from "./faults.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest } from "./wire.ts";

export const cohereWire: WireDialect = {
  name: "cohere",
  serves: (path) => path.endsWith("/v2/chat"),
  credential: (headers) => headers["authorization"]?.replace(/^Bearer /, ""),
  read: (body, _headers, strict) => refuseCohere(body, strict) ?? readRequest(body),
  whole,
  stream,
  error: errorOf,
  errorFrame: (kind) =>
    event({ type: "message-end", delta: { finish_reason: "ERROR", error: errorOf(kind, {}).body.message } }),
};

function readRequest(body: JsonObject): WireRequest {
  const messages = body["messages"] as JsonObject[];
  const lastUser = messages.findLastIndex((message) => message["role"] === "user");
  const results = messages.slice(lastUser + 1).filter((message) => message["role"] === "tool");
  const choice = body["tool_choice"];
  return {
    model: body["model"] as string,
    stream: body["stream"] === true,
    lastUserText: textOf(messages[lastUser]?.["content"]),
    toolResults: results.map((message) => textOf(message["content"])),
    inputTokens: messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message["content"])), 3),
    ...(typeof body["max_tokens"] === "number" && { maxTokens: body["max_tokens"] }),
    stop: (body["stop_sequences"] ?? []) as string[],
    tools: ((body["tools"] ?? []) as JsonObject[]).map((tool) => {
      const definition = tool["function"] as JsonObject;
      return { name: definition["name"] as string, schema: (definition["parameters"] ?? {}) as JsonObject };
    }),
    toolChoice: choice === "REQUIRED" ? "required" : choice === "NONE" ? "none" : "auto",
    thinks: ((body["thinking"] ?? {}) as JsonObject)["type"] === "enabled",
    includeUsage: true,
  };
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as JsonObject[])
    .map(({ text, document }) => String(text ?? (document ? JSON.stringify(document) : "")))
    .join("");
}

const FINISH_WORDS = { stop: "COMPLETE", length: "MAX_TOKENS", "tool-calls": "TOOL_CALL" } as const;

function finishOf(answer: WireAnswer): string {
  return answer.finishWord ?? (answer.stopSequence !== undefined ? "STOP_SEQUENCE" : FINISH_WORDS[answer.finish]);
}

/** The template around a prompt is counted and not billed. */
const TEMPLATE_TOKENS = 500;

function usageOf(answer: WireAnswer): JsonObject {
  const output = answer.outputTokens + answer.thinkingTokens;
  return {
    billed_units: { input_tokens: answer.inputTokens, output_tokens: output },
    tokens: {
      input_tokens: answer.inputTokens + TEMPLATE_TOKENS,
      output_tokens: output + 2,
      ...(answer.thinkingTokens > 0 && { reasoning_tokens: answer.thinkingTokens }),
    },
    cached_tokens: 448,
  };
}

/** Real ids begin with the tool's name. */
function callOf(call: WireAnswer["toolCalls"][number], json: string): JsonObject {
  return {
    id: call.id.replace(/^call_/, `${call.name}_`),
    type: "function",
    function: { name: call.name, arguments: json },
  };
}

function whole(answer: WireAnswer): JsonObject {
  const message: JsonObject = { role: "assistant" };
  const content: JsonObject[] = [];
  if (answer.thinking.length > 0) content.push({ type: "thinking", thinking: answer.thinking.join("") });
  if (answer.text.length > 0) content.push({ type: "text", text: answer.text.join("") });
  if (content.length > 0) message["content"] = content;
  if (answer.toolCalls.length > 0) message["tool_calls"] = answer.toolCalls.map((call) => callOf(call, call.arguments));
  return { id: answer.id, message, finish_reason: finishOf(answer), usage: usageOf(answer) };
}

function stream(answer: WireAnswer): Frame[] {
  const opening = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  const frames: Frame[] = [frame("start", { id: answer.id, type: "message-start", delta: { message: opening } })];
  let index = 0;
  const block = (type: "text" | "thinking", tokens: readonly string[]) => {
    if (tokens.length === 0) return;
    const delta = (content: JsonObject) => ({ index, delta: { message: { content } } });
    frames.push(frame("other", { type: "content-start", ...delta({ type, [type]: "" }) }));
    for (const token of tokens) frames.push(frame("content", { type: "content-delta", ...delta({ [type]: token }) }));
    frames.push(frame("other", { type: "content-end", index }));
    index += 1;
  };
  block("thinking", answer.thinking);
  block("text", answer.text);
  for (const [at, call] of answer.toolCalls.entries()) {
    const delta = (calls: JsonObject) => ({ index: at, delta: { message: { tool_calls: calls } } });
    frames.push(frame("content", { type: "tool-call-start", ...delta(callOf(call, "")) }));
    for (const json of call.arguments === "{}" ? [] : (call.arguments.match(/[\s\S]{1,7}/g) ?? []))
      frames.push(frame("content", { type: "tool-call-delta", ...delta({ function: { arguments: json } }) }));
    frames.push(frame("other", { type: "tool-call-end", index: at }));
  }
  const end = { finish_reason: finishOf(answer), usage: usageOf(answer) };
  frames.push(frame("finish", { type: "message-end", delta: end }), { kind: "done", text: "data: [DONE]\n\n" });
  return frames;
}

function frame(kind: Frame["kind"], body: JsonObject): Frame {
  return { kind, text: event(body) };
}

function event(body: JsonObject): string {
  return `event: ${body["type"]}\ndata: ${JSON.stringify(body)}\n\n`;
}

const ERRORS: Readonly<Record<ErrorKind, [status: number, message: string]>> = {
  rate_limited: [429, "You are past the per minute request limit, please wait and try again later."],
  insufficient_quota: [429, "You are using a Trial key, which is limited to 1000 API calls / month."],
  payment_required: [402, "Please add a payment method to your account."],
  invalid_key: [401, "invalid api token"],
  permission: [403, "You do not have permission to use this resource."],
  context_length: [400, "too many tokens: total number of tokens cannot exceed 256000."],
  content_policy: [400, "invalid request: the message was blocked by content moderation."],
  unsupported_parameter: [400, "invalid request: thinking is not supported by this model."],
  prefill_refused: [
    400,
    "invalid request: assistant message prefill is not supported: the last message must be of role user or tool.",
  ],
  invalid_request: [400, "invalid request."],
  model_not_found: [
    404,
    "model 'unknown' not found, make sure the correct model ID was used and that you have access to the model.",
  ],
  server: [500, "internal server error"],
  bad_gateway: [502, "bad gateway"],
  unavailable: [503, "service unavailable, try again later"],
  overloaded: [529, "overloaded"],
};

function errorOf(kind: ErrorKind, detail: RefusalDetail) {
  const [status, message] = ERRORS[kind];
  const named = detail.model ? message.replace("'unknown'", `'${detail.model}'`) : message;
  return { status, body: { id: "00000000-0000-0000-0000-000000000000", message: detail.message ?? named } };
}
