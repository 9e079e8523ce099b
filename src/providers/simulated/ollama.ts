/** Ollama's native chat as its documentation and recorded answers show it (2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { ErrorKind } from "./faults.ts";
import { refuseOllama } from "./ollama-rules.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest } from "./wire.ts";

export const ollamaWire: WireDialect = {
  name: "ollama",
  streamContentType: "application/x-ndjson",
  serves: (path) => path.endsWith("/api/chat"),
  credential: (headers) => headers["authorization"]?.replace(/^Bearer /, ""),
  read: (body, _headers, strict) => refuseOllama(body, strict) ?? readRequest(body),
  whole,
  stream,
  error: errorOf,
  errorFrame: (kind) => line(errorOf(kind, {}).body),
  brokenFrame: '{"model":"broken","message":{"role":"assistant","cont\n',
};

function readRequest(body: JsonObject): WireRequest {
  const messages = body["messages"] as JsonObject[];
  const lastUser = messages.findLastIndex((message) => message["role"] === "user");
  const results = messages.slice(lastUser + 1).filter((message) => message["role"] === "tool");
  const last = messages.at(-1)!;
  const options = (body["options"] ?? {}) as JsonObject;
  const stop = options["stop"] ?? [];
  return {
    model: body["model"] as string,
    stream: body["stream"] !== false,
    lastUserText: textOf(messages[lastUser]?.["content"]),
    toolResults: results.map((message) => textOf(message["content"])),
    inputTokens: messages.reduce((sum, message) => sum + 3 + countTokens(textOf(message["content"])), 3),
    ...(Number(options["num_predict"]) > 0 && { maxTokens: Number(options["num_predict"]) }),
    stop: typeof stop === "string" ? [stop] : (stop as string[]),
    tools: ((body["tools"] ?? []) as JsonObject[]).map((tool) => {
      const definition = tool["function"] as JsonObject;
      return { name: definition["name"] as string, schema: (definition["parameters"] ?? {}) as JsonObject };
    }),
    toolChoice: "auto",
    thinks: body["think"] !== undefined && body["think"] !== false,
    includeUsage: true,
    ...(last["role"] === "assistant" && !last["tool_calls"] && { prefill: textOf(last["content"]) }),
  };
}

function textOf(content: Json | undefined): string {
  return typeof content === "string" ? content : "";
}

/** With the nanoseconds that Go writes. */
function stampOf(answer: WireAnswer): string {
  return new Date(answer.createdSeconds * 1000).toISOString().replace("Z", "123456Z");
}

function head(answer: WireAnswer): JsonObject {
  return { model: answer.model, created_at: stampOf(answer) };
}

/** Tool calls end with `stop` like any answer. */
function ending(answer: WireAnswer): JsonObject {
  return {
    done_reason: answer.finishWord ?? (answer.finish === "length" ? "length" : "stop"),
    done: true,
    total_duration: 4_883_583_458,
    load_duration: 1_334_875,
    prompt_eval_count: answer.inputTokens,
    prompt_eval_duration: 342_546_000,
    eval_count: answer.outputTokens + answer.thinkingTokens,
    eval_duration: 4_535_599_000,
  };
}

function callOf(call: WireAnswer["toolCalls"][number], index: number): JsonObject {
  return { id: call.id, function: { index, name: call.name, arguments: JSON.parse(call.arguments) } };
}

function whole(answer: WireAnswer): JsonObject {
  const message: JsonObject = { role: "assistant", content: answer.text.join("") };
  if (answer.thinking.length > 0) message["thinking"] = answer.thinking.join("");
  if (answer.toolCalls.length > 0) message["tool_calls"] = answer.toolCalls.map(callOf);
  return { ...head(answer), message, ...ending(answer) };
}

function stream(answer: WireAnswer): Frame[] {
  const frame = (kind: Frame["kind"], message: JsonObject, fields: JsonObject = { done: false }): Frame => ({
    kind,
    text: line({ ...head(answer), message: { role: "assistant", content: "", ...message }, ...fields }),
  });
  return [
    ...answer.thinking.map((thinking) => frame("content", { thinking })),
    ...answer.text.map((content) => frame("content", { content })),
    // Each is told whole, in a line of its own.
    ...answer.toolCalls.map((call, index) => frame("content", { tool_calls: [callOf(call, index)] })),
    frame("finish", {}, ending(answer)),
  ];
}

function line(body: JsonObject): string {
  return `${JSON.stringify(body)}\n`;
}

const ERRORS: Readonly<Record<ErrorKind, [status: number, message: string]>> = {
  rate_limited: [429, "too many requests, try again later"],
  insufficient_quota: [429, "you have reached your weekly usage limit, upgrade for higher limits"],
  payment_required: [402, "this model requires a subscription, upgrade for access"],
  invalid_key: [401, "unauthorized"],
  permission: [403, "forbidden"],
  context_length: [400, "the input length exceeds the context length"],
  content_policy: [400, "blocked by a content filter"],
  unsupported_parameter: [400, "registry.ollama.ai/library/model:latest does not support thinking"],
  prefill_refused: [400, "this model does not support assistant message prefill"],
  invalid_request: [400, "invalid request"],
  model_not_found: [404, "model 'unknown' not found"],
  server: [500, "llama runner process has terminated: exit status 2"],
  bad_gateway: [502, "bad gateway"],
  unavailable: [503, "server busy, please try again.  maximum pending requests exceeded"],
  overloaded: [529, "overloaded"],
};

function errorOf(kind: ErrorKind, detail: RefusalDetail) {
  const [status, message] = ERRORS[kind];
  const named = detail.model ? message.replace("'unknown'", `'${detail.model}'`) : message;
  return { status, body: { error: detail.message ?? named } };
}
