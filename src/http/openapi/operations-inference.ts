/** What `/openapi.json` says of the inference routes besides chat. */
import { EXAMPLES } from "./examples.ts";
import { body, callHeaders, errors, type Operation } from "./operation.ts";
import type { SchemaName } from "./schemas.ts";

const OPENAI_ERRORS = errors("OpenAiError", EXAMPLES.openAiError);
const STATUSES = ["400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"];

export const embeddings: Operation = call("Embeddings in OpenAI's form", {
  description:
    "Targets of one model should make vectors of the same kind: those of different models cannot be compared, so a failover between them would mix what must not be mixed. More texts than a vendor takes in a call are sent as several and answered as one.",
  request: ["EmbeddingRequest", { model: "embedder", input: ["first text", "second text"], dimensions: 256 }],
  answer: [
    "EmbeddingList",
    {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: [0.0123, -0.0456] }],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
  ],
});

export const completions: Operation = call("Legacy completion in OpenAI's form", {
  description:
    "Where the target has the endpoint, the body goes there as it came. Elsewhere the prompt, one text, goes to any chat model as a user message. Streams as server-sent events with `stream`.",
  request: ["CompletionRequest", { model: "gpt-4o", prompt: "Say hello." }],
  answer: [
    "Completion",
    {
      id: "chatcmpl-1",
      object: "text_completion",
      created: 1_790_000_000,
      model: "gpt-4o",
      choices: [{ text: "Hello!", index: 0, logprobs: null, finish_reason: "stop" }],
    },
  ],
});

export const moderations: Operation = call("Moderation in OpenAI's form", {
  description: "For targets of OpenAI's kind that have it; others are passed over.",
  request: ["ModerationRequest", { model: "omni-moderation-latest", input: "I like dogs." }],
  answer: ["ModerationAnswer", { id: "modr-1", model: "omni-moderation-latest", results: [{ flagged: false }] }],
});

export const rerank: Operation = call("Reranking in the form that Jina, Together and vLLM share", {
  description: "Also over Cohere, whose own form differs.",
  request: ["RerankRequest", { model: "reranker", query: "dogs", documents: ["About cats.", "About dogs."], top_n: 1 }],
  answer: [
    "RerankAnswer",
    { model: "rerank-v3.5", results: [{ index: 1, relevance_score: 0.93 }], usage: { total_tokens: 9 } },
  ],
});

export const images: Operation = call("Image generation in OpenAI's form", {
  description:
    "Where a budget holds, the target's tokens or its price a call must be known. Partial images are not streamed.",
  request: ["ImageRequest", { model: "painter", prompt: "A dog in the snow.", size: "1024x1024" }],
  answer: ["ImageAnswer", { created: 1_790_000_000, data: [{ b64_json: "iVBORw0KGgo=" }] }],
});

export const speech: Operation = {
  ...call("Speech in OpenAI's form", {
    description: "The answer is sound as it comes. Where a budget holds, the target's price a call must be known.",
    request: ["SpeechRequest", { model: "speaker", input: "Hello.", voice: "alloy" }],
    answer: ["SpeechRequest", {}],
  }),
};
speech.responses["200"] = {
  description: "Sound, of the type that the target names",
  content: { "audio/mpeg": { schema: { type: "string", format: "binary" }, example: "…" } },
};

export const transcriptions: Operation = {
  ...speech,
  summary: "Transcription in OpenAI's form",
  description:
    "The form goes on as it came but for the model; it is held in memory up to server.maxBodyBytes, for a second target. Where a budget holds, the target's price a call must be known.",
  requestBody: {
    required: true,
    content: {
      "multipart/form-data": {
        schema: {
          type: "object",
          required: ["model", "file"],
          properties: { model: { type: "string" }, file: { type: "string", format: "binary" } },
        },
        example: { model: "listener", file: "…" },
      },
    },
  },
  responses: {
    ...speech.responses,
    "200": {
      description: "The transcript, in the form that was asked for",
      content: { "application/json": { schema: { type: "object" }, example: { text: "Hello." } } },
    },
  },
};

export const countTokens: Operation = {
  ...call("Token count in Anthropic's dialect", {
    description: "Exact where an Anthropic target answers; else counted here, with `estimated` in x-evergate-warnings.",
    request: [
      "CountTokensRequest",
      { model: "claude-sonnet-4-5", messages: [{ role: "user", content: "Say hello." }] },
    ],
    answer: ["TokenCount", { input_tokens: 10 }],
  }),
};
countTokens.responses = {
  "200": countTokens.responses["200"]!,
  ...errors("AnthropicError", EXAMPLES.anthropicError)(...STATUSES),
};

interface Described {
  description?: string;
  request: [SchemaName, unknown];
  answer: [SchemaName, unknown];
}

function call(summary: string, { description, request, answer }: Described): Operation {
  return {
    tags: ["inference"],
    summary,
    ...(description !== undefined && { description }),
    parameters: callHeaders(),
    requestBody: { required: true, content: body(...request) },
    responses: { "200": { description: "The answer", content: body(...answer) }, ...OPENAI_ERRORS(...STATUSES) },
  };
}
