/** What `/openapi.json` says of each route: texts, parameters, bodies and examples. */
import { Type } from "@sinclair/typebox";
import { EXAMPLES } from "./examples.ts";
import { FROM_TO, PAGE } from "./list-parameters.ts";
import { body, callHeaders, either, errors, type Operation, type Parameter, pathId, query, text } from "./operation.ts";

const OPENAI_ERRORS = errors("OpenAiError", EXAMPLES.openAiError);
const ANTHROPIC_ERRORS = errors("AnthropicError", EXAMPLES.anthropicError);
const GEMINI_ERRORS = errors("GeminiError", EXAMPLES.geminiError);

export const chatCompletions: Operation = {
  tags: ["inference"],
  summary: "Chat completion in OpenAI's dialect",
  description: "Any configured model, whatever its provider's own API is. Streams as server-sent events with `stream`.",
  parameters: callHeaders(),
  requestBody: { required: true, content: body("ChatCompletionRequest", EXAMPLES.chatRequest) },
  responses: {
    "200": {
      description: "The answer",
      content: {
        ...body("ChatCompletion", EXAMPLES.chatAnswer),
        "text/event-stream": { schema: Type.String(), example: EXAMPLES.chatStream },
      },
    },
    ...OPENAI_ERRORS("400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"),
  },
};

export const messages: Operation = {
  tags: ["inference"],
  summary: "Message in Anthropic's dialect",
  description: "Any configured model, whatever its provider's own API is. Streams as server-sent events with `stream`.",
  parameters: callHeaders(),
  requestBody: { required: true, content: body("MessagesRequest", EXAMPLES.messagesRequest) },
  responses: {
    "200": {
      description: "The answer",
      content: {
        ...body("AnthropicMessage", EXAMPLES.message),
        "text/event-stream": { schema: Type.String(), example: EXAMPLES.messageStream },
      },
    },
    ...ANTHROPIC_ERRORS("400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"),
  },
};

export const generateContent: Operation = {
  tags: ["inference"],
  summary: "Answer, stream, token count or embeddings in Gemini's dialect",
  description:
    "The path ends in a model and a method: `gpt-4o:generateContent`, or `gpt-4o:streamGenerateContent`, which streams server-sent events with `alt=sse` and else one JSON list, or `gpt-4o:countTokens`, which counts at a Gemini target and estimates elsewhere, or `embedder:embedContent` and `embedder:batchEmbedContents`, which make vectors at any provider of embeddings. The key goes into a header, never into the URL.",
  parameters: [
    pathId("`{model}:generateContent` or `{model}:streamGenerateContent`; slashes in the model are fine."),
    query("alt", 'Of a stream: "sse" for events, "json" (the default) for a list.', Type.String({ examples: ["sse"] })),
    ...callHeaders(),
  ],
  requestBody: { required: true, content: body("GenerateContentRequest", EXAMPLES.geminiRequest) },
  responses: {
    "200": {
      description: "The answer",
      content: {
        ...body("GenerateContentResponse", EXAMPLES.geminiAnswer),
        "text/event-stream": { schema: Type.String(), example: EXAMPLES.geminiStream },
      },
    },
    ...GEMINI_ERRORS("400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"),
  },
};

export const listGeminiModels: Operation = {
  tags: ["inference"],
  summary: "Models this key may use, in Gemini's shape",
  parameters: [
    query("pageSize", "Entries of a page; all by default.", Type.Integer({ minimum: 1, examples: [50] })),
    query("pageToken", "`nextPageToken` of the page before.", Type.String({ examples: ["gpt-4o"] })),
  ],
  responses: {
    "200": { description: "A page of models", content: body("GeminiModelList", EXAMPLES.geminiModels) },
    ...GEMINI_ERRORS("400", "401", "403"),
  },
};

export const getGeminiModel: Operation = {
  tags: ["inference"],
  summary: "One model, in Gemini's shape",
  parameters: [pathId("The model's name; slashes are fine.")],
  responses: {
    "200": { description: "The model", content: body("GeminiModel", EXAMPLES.geminiModels.models[0]) },
    ...GEMINI_ERRORS("401", "403", "404"),
  },
};

const VERSION_HEADER: Parameter = {
  name: "anthropic-version",
  in: "header",
  description: "Sent by Anthropic's SDKs: the answer then has Anthropic's shape.",
  schema: Type.String({ examples: ["2023-06-01"] }),
};

export const listModels: Operation = {
  tags: ["inference"],
  summary: "Models this key may use",
  parameters: [VERSION_HEADER],
  responses: {
    "200": {
      description: "Public models first, then provider/model names",
      content: {
        "application/json": { schema: either("ModelList", "AnthropicModelList"), example: EXAMPLES.modelList },
      },
    },
    ...OPENAI_ERRORS("401", "403"),
  },
};

export const getModel: Operation = {
  tags: ["inference"],
  summary: "One model",
  parameters: [pathId("The model's name; slashes are fine."), VERSION_HEADER],
  responses: {
    "200": {
      description: "The model",
      content: {
        "application/json": { schema: either("Model", "AnthropicModel"), example: EXAMPLES.modelList.data[0] },
      },
    },
    ...OPENAI_ERRORS("401", "403", "404"),
  },
};

export const home = text("Links, and a curl line that works", "text/plain", EXAMPLES.home);
export const docs = text("These pages", "text/html", "<!doctype html>…");
export const docsAsset: Operation = {
  ...text("A file of these pages", "text/javascript", "…"),
  parameters: [pathId("The file's name.")],
};
export const openApi = text("This document", "application/json", { openapi: "3.1.1" });
export const metrics: Operation = {
  ...text("Metrics in Prometheus' text format, or OpenMetrics by `accept`", "text/plain", EXAMPLES.metrics),
  description:
    "Needs the admin or metrics token, unless metrics are public or the gateway runs on loopback without keys.",
};
metrics.responses = { ...metrics.responses, ...OPENAI_ERRORS("401", "403") };

export const live: Operation = {
  tags: ["operations"],
  summary: "The process runs",
  responses: { "200": { description: "Alive", content: body("Health", { status: "ok" }) } },
};

export const ready: Operation = {
  tags: ["operations"],
  summary: "The gateway takes calls",
  responses: {
    "200": { description: "Ready", content: body("Health", { status: "ok" }) },
    "503": { description: "Starting or draining", content: body("Health", { status: "draining" }) },
  },
};

export const listRequests: Operation = {
  tags: ["admin"],
  summary: "The request log, newest first",
  parameters: [
    query("model", "Public model name"),
    query("provider", "Provider that answered"),
    query("target", "provider/model that answered"),
    query("key", "Name of the virtual key"),
    query("team", "Name of the team"),
    query("status", "502, or 5xx", Type.String({ pattern: "^[1-5]([0-9]{2}|xx)$" })),
    query(
      "failover",
      "Whether a target failed, or was passed over as unwell, before the one that answered",
      Type.Boolean(),
    ),
    query("cache", "off, miss, exact, semantic, or hit for the last two"),
    ...FROM_TO,
    query("text", "Part of the request id, error text or model, or words in a row in the stored content"),
    ...PAGE,
  ],
  responses: {
    "200": { description: "A page", content: body("RequestPage", { data: [EXAMPLES.request], next: null }) },
    ...OPENAI_ERRORS("400", "401", "403"),
  },
};

export const getRequest: Operation = {
  tags: ["admin"],
  summary: "One request with its attempts and explanation",
  parameters: [pathId("x-evergate-request-id of the answer.")],
  responses: {
    "200": {
      description: "The request",
      content: body("RequestDetail", { ...EXAMPLES.request, explanation: null, content: null }),
    },
    ...OPENAI_ERRORS("401", "403", "404"),
  },
};

export const listTargets: Operation = {
  tags: ["admin"],
  summary: "Every target and key with its breaker and rest",
  responses: {
    "200": { description: "All of them", content: body("TargetPage", { data: [EXAMPLES.target], next: null }) },
    ...OPENAI_ERRORS("401", "403"),
  },
};

export const changeTarget: Operation = {
  tags: ["admin"],
  summary: "Takes a target out of service (…/drain) or puts it back (…/restore)",
  description:
    "The path ends in provider/model/drain or provider/model/restore. Calls under way go on; no later one is sent there until it is restored or the process starts again.",
  parameters: [pathId("provider/model/drain or provider/model/restore; slashes are fine.")],
  responses: {
    "200": { description: "Its keys", content: body("TargetPage", { data: [EXAMPLES.target], next: null }) },
    ...OPENAI_ERRORS("401", "403", "404"),
  },
};

export const showConfig: Operation = {
  tags: ["admin"],
  summary: "The effective configuration without secrets",
  responses: {
    "200": { description: "The configuration", content: body("Configuration", { server: { port: 4000 } }) },
    ...OPENAI_ERRORS("401", "403"),
  },
};

export const checkConfig: Operation = {
  tags: ["admin"],
  summary: "Checks a configuration and changes nothing",
  requestBody: { required: true, content: body("Configuration", { models: { fast: ["openai/gpt-4o-mini"] } }) },
  responses: {
    "200": { description: "Its faults", content: body("ConfigCheck", { ok: false, faults: [EXAMPLES.fault] }) },
    ...OPENAI_ERRORS("400", "401", "403", "413", "415"),
  },
};

export const reload: Operation = {
  tags: ["admin"],
  summary: "Reads the configuration again",
  description: "A broken one changes nothing and is answered with 400.",
  responses: {
    "200": { description: "In force", content: body("ConfigCheck", { ok: true, faults: [] }) },
    ...OPENAI_ERRORS("400", "401", "403"),
  },
};
