/** Amazon Bedrock's Converse and ConverseStream as the API reference and recorded answers show them (2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import { hasValidSignature } from "./aws-signature.ts";
import { refuseBedrockConverse, signatureOf } from "./bedrock-converse-rules.ts";
import { encodeMessage } from "./event-stream-encoder.ts";
import type { ErrorKind } from "./faults.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRequest } from "./wire.ts";

const PATH = /\/model\/([^/?]+)\/converse(-stream)?$/;

export const bedrockConverseWire: WireDialect = {
  name: "bedrock-converse",
  streamContentType: "application/vnd.amazon.eventstream",
  serves: (path) => PATH.test(path),
  /** A Bedrock API key. */
  credential: (headers) => /^Bearer (.+)$/.exec(headers["authorization"] ?? "")?.[1],
  isSigned: (request, keys) => hasValidSignature(request, keys, "bedrock"),
  read(body, _headers, strict, path) {
    const [, encoded = "", streams] = PATH.exec(path.split("?")[0]!) ?? [];
    const model = decodeURIComponent(encoded);
    return refuseBedrockConverse(body, model, strict) ?? readRequest(body, model, streams !== undefined);
  },
  whole,
  stream,
  error: errorOf,
  errorFrame: exceptionOf,
  brokenFrame: message("contentBlockDelta", '{"contentBlockIndex":0,"delta":{"te'),
};

function readRequest(body: JsonObject, model: string, streams: boolean): WireRequest {
  const messages = body["messages"] as JsonObject[];
  const last = messages.at(-1)!;
  const lastUser = messages.findLast((one) => one["role"] === "user");
  const config = (body["inferenceConfig"] ?? {}) as JsonObject;
  const tools = (body["toolConfig"] ?? {}) as JsonObject;
  const fields = (body["additionalModelRequestFields"] ?? {}) as JsonObject;
  const thinking = (fields["thinking"] ?? fields["reasoningConfig"]) as JsonObject | undefined;
  const texts = [body["system"] as Json | undefined, ...messages.map((one) => one["content"])].map(textOf);
  return {
    model,
    stream: streams,
    lastUserText: textOf(lastUser?.["content"]),
    toolResults: blocksOf(lastUser?.["content"]).flatMap(({ toolResult }) =>
      toolResult ? [textOf((toolResult as JsonObject)["content"])] : [],
    ),
    inputTokens: texts.reduce((sum, text) => sum + 3 + countTokens(text), 0),
    ...(typeof config["maxTokens"] === "number" && { maxTokens: config["maxTokens"] }),
    stop: (config["stopSequences"] ?? []) as string[],
    tools: ((tools["tools"] ?? []) as JsonObject[]).flatMap(({ toolSpec }) => {
      const { name, inputSchema } = (toolSpec ?? {}) as JsonObject;
      return toolSpec ? [{ name: name as string, schema: (inputSchema as JsonObject)["json"] as JsonObject }] : [];
    }),
    toolChoice: choiceOf(tools["toolChoice"] as JsonObject | undefined),
    thinks: thinking?.["type"] === "enabled" || thinking?.["type"] === "adaptive",
    includeUsage: true,
    ...(last["role"] === "assistant" && { prefill: textOf(last["content"]) }),
  };
}

function choiceOf(choice: JsonObject | undefined): WireRequest["toolChoice"] {
  if (choice?.["any"]) return "required";
  const named = choice?.["tool"] as JsonObject | undefined;
  return named ? { name: named["name"] as string } : "auto";
}

function blocksOf(content: Json | undefined): JsonObject[] {
  return Array.isArray(content) ? (content as JsonObject[]) : [];
}

function textOf(content: Json | undefined): string {
  return blocksOf(content)
    .map(({ text, json }) => (typeof text === "string" ? text : json === undefined ? "" : JSON.stringify(json)))
    .join("");
}

const FINISH_WORDS = { stop: "end_turn", length: "max_tokens", "tool-calls": "tool_use" } as const;

function stopReason(answer: WireAnswer): string {
  return answer.finishWord ?? (answer.stopSequence !== undefined ? "stop_sequence" : FINISH_WORDS[answer.finish]);
}

function usageOf(answer: WireAnswer): JsonObject {
  const output = answer.outputTokens + answer.thinkingTokens;
  return { inputTokens: answer.inputTokens, outputTokens: output, totalTokens: answer.inputTokens + output };
}

/** `tooluse_` as the real ones; the digits are what tells calls apart. */
function toolUseOf(call: WireAnswer["toolCalls"][number]): JsonObject {
  return { toolUseId: call.id.replace(/^call_/, "tooluse_"), name: call.name };
}

function whole(answer: WireAnswer): JsonObject {
  const content: JsonObject[] = [];
  const thinking = answer.thinking.join("");
  if (thinking !== "")
    content.push({ reasoningContent: { reasoningText: { text: thinking, signature: signatureOf(thinking) } } });
  if (answer.text.length > 0) content.push({ text: answer.text.join("") });
  for (const call of answer.toolCalls)
    content.push({ toolUse: { ...toolUseOf(call), input: JSON.parse(call.arguments) } });
  return {
    metrics: { latencyMs: 1 },
    output: { message: { content, role: "assistant" } },
    stopReason: stopReason(answer),
    usage: usageOf(answer),
  };
}

function message(event: string, payload: string): Uint8Array {
  const headers = { ":event-type": event, ":content-type": "application/json", ":message-type": "event" };
  return encodeMessage(headers, payload);
}

function stream(answer: WireAnswer): Frame[] {
  // Padding hides the length of what is said from who watches the wire.
  const frame = (kind: Frame["kind"], event: string, payload: JsonObject): Frame => ({
    kind,
    text: message(event, JSON.stringify({ ...payload, p: "abcdefghijklm" })),
  });
  const frames = [frame("start", "messageStart", { role: "assistant" })];
  let index = 0;
  const block = (start: JsonObject | undefined, deltas: JsonObject[]) => {
    const at = { contentBlockIndex: index++ };
    if (start) frames.push(frame("other", "contentBlockStart", { ...at, start }));
    frames.push(...deltas.map((delta) => frame("content", "contentBlockDelta", { ...at, delta })));
    frames.push(frame("other", "contentBlockStop", at));
  };
  if (answer.thinking.length > 0)
    block(undefined, [
      ...answer.thinking.map((text) => ({ reasoningContent: { text } })),
      { reasoningContent: { signature: signatureOf(answer.thinking.join("")) } },
    ]);
  if (answer.text.length > 0)
    block(
      undefined,
      answer.text.map((text) => ({ text })),
    );
  for (const call of answer.toolCalls)
    block(
      { toolUse: toolUseOf(call) },
      (call.arguments.match(/[\s\S]{1,7}/g) ?? []).map((input) => ({ toolUse: { input } })),
    );
  frames.push(frame("finish", "messageStop", { stopReason: stopReason(answer) }));
  frames.push(frame("usage", "metadata", { metrics: { latencyMs: 1 }, usage: usageOf(answer) }));
  return frames;
}

type Words = [status: number, type: string, message: string];

const ERRORS: Readonly<Record<ErrorKind, Words>> = {
  rate_limited: [429, "ThrottlingException", "Too many requests, please wait before trying again."],
  insufficient_quota: [429, "ThrottlingException", "Too many tokens per day, please wait before trying again."],
  payment_required: [402, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account."],
  invalid_key: [403, "UnrecognizedClientException", "The security token included in the request is invalid."],
  permission: [403, "AccessDeniedException", "User is not authorized to perform: bedrock:InvokeModel"],
  context_length: [400, "ValidationException", "Input is too long for requested model."],
  content_policy: [
    400,
    "ValidationException",
    "The model returned the following errors: Output blocked by content filtering policy",
  ],
  unsupported_parameter: [
    400,
    "ValidationException",
    "This model doesn't support the temperature field. Remove temperature and try again.",
  ],
  prefill_refused: [
    400,
    "ValidationException",
    "The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.",
  ],
  invalid_request: [400, "ValidationException", "The request is invalid."],
  model_not_found: [
    404,
    "ResourceNotFoundException",
    "Could not resolve the foundation model from the provided model identifier.",
  ],
  server: [
    500,
    "InternalServerException",
    "The system encountered an unexpected error during processing. Try your request again.",
  ],
  bad_gateway: [502, "InternalServerException", "Bad gateway."],
  unavailable: [503, "ServiceUnavailableException", "Bedrock is unable to process your request."],
  overloaded: [529, "ServiceUnavailableException", "Too many connections, please wait before trying again."],
};

function errorOf(kind: ErrorKind, detail: RefusalDetail) {
  const [status, type, text] = ERRORS[kind];
  const headers = { "x-amzn-errortype": `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` };
  return { status, body: { message: detail.message ?? text }, headers };
}

function exceptionOf(kind: ErrorKind): Uint8Array {
  const [, type, text] = ERRORS[kind];
  const headers = {
    ":exception-type": type.charAt(0).toLowerCase() + type.slice(1),
    ":content-type": "application/json",
    ":message-type": "exception",
  };
  return encodeMessage(headers, JSON.stringify({ message: text }));
}
