/** Gemini's generateContent as its API reference and its answers show it (v1beta, 2026-11). */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { ErrorKind } from "./faults.ts";
import { camelNames } from "./gemini-names.ts";
import { asksForSignatures, refuseGemini, signatureOf } from "./gemini-rules.ts";
import type { Frame, RefusalDetail, WireAnswer, WireDialect, WireRefusal, WireRequest, WireTool } from "./wire.ts";

export const geminiWire: WireDialect = {
  name: "gemini",
  serves: (path) => /\/models\/.+:(generateContent|streamGenerateContent)$/.test(path),
  credential: (headers) => headers["x-goog-api-key"] ?? headers["authorization"]?.replace(/^Bearer /, ""),
  read,
  whole,
  stream,
  error: errorOf,
  errorFrame: (kind) => `data: ${JSON.stringify(errorOf(kind, {}).body)}\n\n`,
};

/** Model and method are in the path; a stream without `alt=sse` would be a list, which nobody asks for here. */
function read(
  given: JsonObject,
  _headers: Readonly<Record<string, string>>,
  strict: boolean,
  path: string,
): WireRequest | WireRefusal {
  const [, encoded = "", method = ""] = /\/models\/([^?]+):(\w+)(?:\?|$)/.exec(path) ?? [];
  const model = decodeURIComponent(encoded);
  const streams = method === "streamGenerateContent";
  if (streams && !/[?&]alt=sse(&|$)/.test(path))
    return { refused: "invalid_request", message: "This simulated provider streams with alt=sse alone." };
  const body = camelNames(given);
  return refuseGemini(body, model, strict) ?? readRequest(body, model, streams);
}

function readRequest(body: JsonObject, model: string, streams: boolean): WireRequest {
  const contents = body["contents"] as JsonObject[];
  const last = partsOf(contents.at(-1));
  const results = last.flatMap((part) => (part["functionResponse"] ? [part["functionResponse"] as JsonObject] : []));
  const lastUser = contents.findLast((one) => one["role"] !== "model" && partsOf(one).some((part) => "text" in part));
  const config = (body["generationConfig"] ?? {}) as JsonObject;
  const calling = ((body["toolConfig"] ?? {}) as JsonObject)["functionCallingConfig"] as JsonObject | undefined;
  const texts = [body["systemInstruction"] as JsonObject | undefined, ...contents].map(textOf);
  return {
    model,
    stream: streams,
    lastUserText: textOf(lastUser),
    toolResults: results.map((result) => saidBy(result["response"])),
    inputTokens: texts.reduce((sum, text) => sum + 3 + countTokens(text), 0),
    ...(typeof config["maxOutputTokens"] === "number" && { maxTokens: config["maxOutputTokens"] }),
    stop: (config["stopSequences"] ?? []) as string[],
    tools: ((body["tools"] ?? []) as JsonObject[]).flatMap(toolsOf),
    toolChoice: choiceOf(calling),
    thinks: ((config["thinkingConfig"] ?? {}) as JsonObject)["includeThoughts"] === true,
    includeUsage: true,
  };
}

function partsOf(content: JsonObject | undefined): JsonObject[] {
  return Array.isArray(content?.["parts"]) ? (content["parts"] as JsonObject[]) : [];
}

function textOf(content: JsonObject | undefined): string {
  return partsOf(content)
    .filter((part) => part["thought"] !== true)
    .map((part) => String(part["text"] ?? ""))
    .join("");
}

function saidBy(response: Json | undefined): string {
  const { output, error } = (response ?? {}) as JsonObject;
  const said = output ?? error;
  return typeof said === "string" ? said : JSON.stringify(response ?? null);
}

function toolsOf(group: JsonObject): WireTool[] {
  return ((group["functionDeclarations"] ?? []) as JsonObject[]).map((declared) => ({
    name: declared["name"] as string,
    schema: lowerCased((declared["parameters"] ?? declared["parametersJsonSchema"] ?? {}) as JsonObject),
  }));
}

/** `STRING` to `string` at every level. */
function lowerCased(schema: JsonObject): JsonObject {
  const lower = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(lower);
    return typeof value === "object" && value !== null ? lowerCased(value) : value;
  };
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === "type" && typeof value === "string" ? value.toLowerCase() : lower(value),
    ]),
  );
}

function choiceOf(calling: JsonObject | undefined): WireRequest["toolChoice"] {
  const names = (calling?.["allowedFunctionNames"] ?? []) as string[];
  if (calling?.["mode"] === "NONE") return "none";
  if (calling?.["mode"] !== "ANY") return "auto";
  return names[0] === undefined ? "required" : { name: names[0] };
}

const FINISH_WORDS = { stop: "STOP", length: "MAX_TOKENS", "tool-calls": "STOP" } as const;

function usageOf(answer: WireAnswer): JsonObject {
  return {
    promptTokenCount: answer.inputTokens,
    candidatesTokenCount: answer.outputTokens,
    totalTokenCount: answer.inputTokens + answer.outputTokens + answer.thinkingTokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: answer.inputTokens }],
    ...(answer.thinkingTokens > 0 && { thoughtsTokenCount: answer.thinkingTokens }),
  };
}

/** Of parallel calls the first alone is signed; before Gemini 3 calls have neither ids nor, without thoughts, signatures. */
function callParts(answer: WireAnswer): JsonObject[] {
  const modern = asksForSignatures(answer.model);
  return answer.toolCalls.map((call, index) => {
    const args = JSON.parse(call.arguments) as JsonObject;
    const functionCall: JsonObject = { name: call.name, args, ...(modern && { id: call.id.slice("call_".length) }) };
    const signed = index === 0 && (modern || answer.thinking.length > 0);
    return { functionCall, ...(signed && { thoughtSignature: signatureOf(functionCall) }) };
  });
}

function responseOf(answer: WireAnswer, parts: JsonObject[], fields: JsonObject, usage: JsonObject): JsonObject {
  return {
    candidates: [{ content: { parts, role: "model" }, ...fields, index: 0 }],
    usageMetadata: usage,
    modelVersion: answer.model,
    responseId: answer.id,
  };
}

function whole(answer: WireAnswer): JsonObject {
  const parts: JsonObject[] = [];
  if (answer.thinking.length > 0) parts.push({ text: answer.thinking.join(""), thought: true });
  if (answer.text.length > 0) parts.push({ text: answer.text.join("") });
  parts.push(...callParts(answer));
  return responseOf(answer, parts, { finishReason: answer.finishWord ?? FINISH_WORDS[answer.finish] }, usageOf(answer));
}

function stream(answer: WireAnswer): Frame[] {
  const partial = { promptTokenCount: answer.inputTokens, totalTokenCount: answer.inputTokens };
  const frame = (kind: Frame["kind"], parts: JsonObject[], fields: JsonObject = {}, usage: JsonObject = partial) => ({
    kind,
    text: `data: ${JSON.stringify(responseOf(answer, parts, fields, usage))}\n\n`,
  });
  const calls = callParts(answer);
  const finishReason = answer.finishWord ?? FINISH_WORDS[answer.finish];
  return [
    ...answer.thinking.map((text) => frame("content", [{ text, thought: true }])),
    ...answer.text.map((text) => frame("content", [{ text }])),
    ...(calls.length > 0 ? [frame("content", calls)] : []),
    frame("finish", [{ text: "" }], { finishReason }, usageOf(answer)),
  ];
}

type Words = [status: number, name: string, message: string, detail?: JsonObject];

const ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo";
const QUOTA_FAILURE = "type.googleapis.com/google.rpc.QuotaFailure";

function quota(quotaId: string): JsonObject {
  return { "@type": QUOTA_FAILURE, violations: [{ quotaMetric: "requests", quotaId, quotaValue: "10" }] };
}

/** Said for a minute's quota as for a day's; only the id of the quota tells them apart. */
const QUOTA_TEXT = "You exceeded your current quota, please check your plan and billing details.";

const ERRORS: Readonly<Record<ErrorKind, Words>> = {
  rate_limited: [429, "RESOURCE_EXHAUSTED", QUOTA_TEXT, quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")],
  insufficient_quota: [
    429,
    "RESOURCE_EXHAUSTED",
    QUOTA_TEXT,
    quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
  ],
  payment_required: [402, "FAILED_PRECONDITION", "Billing account is not active."],
  // A bad key is a 400 there.
  invalid_key: [
    400,
    "INVALID_ARGUMENT",
    "API key not valid. Please pass a valid API key.",
    { "@type": ERROR_INFO, reason: "API_KEY_INVALID", domain: "googleapis.com" },
  ],
  permission: [403, "PERMISSION_DENIED", "The caller does not have permission"],
  context_length: [
    400,
    "INVALID_ARGUMENT",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  ],
  content_policy: [400, "INVALID_ARGUMENT", "The prompt was blocked because it contains prohibited content."],
  unsupported_parameter: [400, "INVALID_ARGUMENT", "Penalty is not enabled for this model"],
  prefill_refused: [400, "INVALID_ARGUMENT", "Please ensure that multiturn requests end with a user role."],
  invalid_request: [400, "INVALID_ARGUMENT", "Request contains an invalid argument."],
  model_not_found: [404, "NOT_FOUND", "models/none is not found for API version v1beta."],
  server: [500, "INTERNAL", "An internal error has occurred. Please retry."],
  bad_gateway: [502, "UNKNOWN", "Bad gateway"],
  unavailable: [503, "UNAVAILABLE", "The service is currently unavailable."],
  overloaded: [503, "UNAVAILABLE", "The model is overloaded. Please try again later."],
};

function errorOf(kind: ErrorKind, { message, model }: RefusalDetail): { status: number; body: JsonObject } {
  const [status, name, words, detail] = ERRORS[kind];
  const named = kind === "model_not_found" && model ? `models/${model} is not found for API version v1beta.` : words;
  const error: JsonObject = { code: status, message: message ?? named, status: name };
  if (detail) error["details"] = [detail];
  return { status, body: { error } };
}
