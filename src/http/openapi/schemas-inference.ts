/**
 * Bodies of the inference paths, as far as the gateway itself reads or writes them. They are open: what a vendor adds
 * reaches a target of the same vendor untouched.
 */
import { type TSchema, Type } from "@sinclair/typebox";

export const INFERENCE_SCHEMAS = {
  ChatCompletionRequest: Type.Object(
    {
      model: Type.String({ description: "A public model name, or provider/model.", examples: ["gpt-4o"] }),
      messages: Type.Array(ref("ChatMessage"), { minItems: 1 }),
      stream: Type.Optional(Type.Boolean({ default: false })),
      stream_options: Type.Optional(Type.Object({ include_usage: Type.Optional(Type.Boolean()) })),
      max_tokens: Type.Optional(Type.Integer({ minimum: 1, deprecated: true })),
      max_completion_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
      temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
      top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      n: Type.Optional(Type.Integer({ minimum: 1 })),
      stop: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()])),
      seed: Type.Optional(Type.Integer()),
      tools: Type.Optional(Type.Array(anyObject())),
      tool_choice: Type.Optional(Type.Union([Type.String(), anyObject()])),
      parallel_tool_calls: Type.Optional(Type.Boolean()),
      response_format: Type.Optional(anyObject()),
      reasoning_effort: Type.Optional(Type.String()),
      user: Type.Optional(Type.String({ description: "The end user; x-evergate-user wins." })),
    },
    { additionalProperties: true },
  ),
  ChatMessage: Type.Object(
    {
      role: words("developer", "system", "user", "assistant", "tool"),
      content: Type.Optional(Type.Union([Type.String(), Type.Array(anyObject()), Type.Null()])),
      tool_calls: Type.Optional(Type.Array(anyObject())),
      tool_call_id: Type.Optional(Type.String()),
      reasoning_content: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    },
    { additionalProperties: true },
  ),
  ChatCompletion: Type.Object(
    {
      id: Type.String(),
      object: Type.Literal("chat.completion"),
      created: Type.Integer(),
      model: Type.String({ description: "As the upstream wrote it; x-evergate-model names the target." }),
      choices: Type.Array(
        Type.Object({
          index: Type.Integer(),
          message: ref("ChatMessage"),
          finish_reason: Type.Union([Type.String(), Type.Null()]),
        }),
      ),
      usage: Type.Optional(
        Type.Object(
          { prompt_tokens: Type.Integer(), completion_tokens: Type.Integer(), total_tokens: Type.Integer() },
          { additionalProperties: true },
        ),
      ),
    },
    { additionalProperties: true },
  ),
  MessagesRequest: Type.Object(
    {
      model: Type.String({ description: "A public model name, or provider/model." }),
      max_tokens: Type.Integer({ minimum: 1 }),
      messages: Type.Array(ref("AnthropicMessageParam"), { minItems: 1 }),
      system: Type.Optional(Type.Union([Type.String(), Type.Array(anyObject())])),
      stream: Type.Optional(Type.Boolean({ default: false })),
      temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      top_p: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      top_k: Type.Optional(Type.Integer({ minimum: 0 })),
      stop_sequences: Type.Optional(Type.Array(Type.String())),
      tools: Type.Optional(Type.Array(anyObject())),
      tool_choice: Type.Optional(anyObject()),
      thinking: Type.Optional(anyObject()),
      metadata: Type.Optional(Type.Object({ user_id: Type.Optional(Type.String()) })),
    },
    { additionalProperties: true },
  ),
  AnthropicMessageParam: Type.Object(
    {
      role: words("user", "assistant", "system"),
      content: Type.Union([Type.String(), Type.Array(anyObject())]),
    },
    { additionalProperties: true },
  ),
  AnthropicMessage: Type.Object(
    {
      id: Type.String(),
      type: Type.Literal("message"),
      role: Type.Literal("assistant"),
      model: Type.String(),
      content: Type.Array(anyObject()),
      stop_reason: Type.Union([Type.String(), Type.Null()]),
      stop_sequence: Type.Union([Type.String(), Type.Null()]),
      usage: Type.Object(
        { input_tokens: Type.Integer(), output_tokens: Type.Integer() },
        { additionalProperties: true },
      ),
    },
    { additionalProperties: true },
  ),
  Model: Type.Object({
    id: Type.String(),
    object: Type.Literal("model"),
    created: Type.Integer(),
    owned_by: Type.String({ description: "`evergate` for public models, else the provider's name." }),
  }),
  ModelList: Type.Object({ object: Type.Literal("list"), data: Type.Array(ref("Model")) }),
  AnthropicModel: Type.Object({
    type: Type.Literal("model"),
    id: Type.String(),
    display_name: Type.String(),
    created_at: Type.String({ format: "date-time" }),
  }),
  AnthropicModelList: Type.Object({
    data: Type.Array(ref("AnthropicModel")),
    has_more: Type.Boolean(),
    first_id: Type.Union([Type.String(), Type.Null()]),
    last_id: Type.Union([Type.String(), Type.Null()]),
  }),
  OpenAiError: Type.Object({
    error: Type.Object({
      message: Type.String(),
      type: Type.String(),
      code: Type.Union([Type.String(), Type.Null()]),
      param: Type.Union([Type.String(), Type.Null()]),
      source: words("client", "gateway", "upstream"),
      request_id: Type.String(),
      attempts: Type.Array(anyObject()),
    }),
  }),
  AnthropicError: Type.Object({
    type: Type.Literal("error"),
    error: Type.Object({ type: Type.String(), message: Type.String() }),
    request_id: Type.String(),
  }),
  GenerateContentRequest: Type.Object(
    {
      contents: Type.Array(ref("GeminiContent"), { minItems: 1 }),
      systemInstruction: Type.Optional(ref("GeminiContent")),
      generationConfig: Type.Optional(anyObject()),
      tools: Type.Optional(Type.Array(anyObject())),
      toolConfig: Type.Optional(anyObject()),
      safetySettings: Type.Optional(Type.Array(anyObject())),
    },
    { additionalProperties: true },
  ),
  GeminiContent: Type.Object(
    { role: Type.Optional(words("user", "model")), parts: Type.Array(anyObject()) },
    { additionalProperties: true },
  ),
  GenerateContentResponse: Type.Object(
    {
      candidates: Type.Array(
        Type.Object(
          { content: ref("GeminiContent"), finishReason: Type.Optional(Type.String()), index: Type.Integer() },
          { additionalProperties: true },
        ),
      ),
      usageMetadata: anyObject(),
      modelVersion: Type.String({ description: "As the upstream wrote it; x-evergate-model names the target." }),
      responseId: Type.String(),
    },
    { additionalProperties: true },
  ),
  GeminiModel: Type.Object({
    name: Type.String({ description: "models/ and the model's name." }),
    displayName: Type.String(),
    supportedGenerationMethods: Type.Array(Type.String()),
  }),
  GeminiModelList: Type.Object({
    models: Type.Array(ref("GeminiModel")),
    nextPageToken: Type.Optional(Type.String()),
  }),
  GeminiError: Type.Object({
    error: Type.Object({
      code: Type.Integer({ description: "The HTTP status." }),
      message: Type.String(),
      status: Type.String({ description: "Google's name for it." }),
      details: Type.Array(anyObject()),
    }),
  }),
} satisfies Record<string, TSchema>;

/** TypeBox's own references need a module of schemas; the document's are plain. */
function ref(name: string): TSchema {
  return Type.Unsafe({ $ref: `#/components/schemas/${name}` });
}

function words(...values: string[]): TSchema {
  return Type.Unsafe<string>({ type: "string", enum: values });
}

function anyObject(): TSchema {
  return Type.Object({}, { additionalProperties: true });
}
