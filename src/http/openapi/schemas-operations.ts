/** Bodies of the inference paths besides chat, as far as the gateway itself reads or writes them. */
import { type TSchema, Type } from "@sinclair/typebox";

const MODEL = Type.String({ description: "A public model name, or provider/model." });

export const OPERATION_SCHEMAS = {
  ResponseRequest: Type.Object(
    {
      model: MODEL,
      input: Type.Unsafe({
        description: "A text, or a list of items: messages, calls and their results, reasoning.",
        oneOf: [{ type: "string" }, { type: "array", minItems: 1, items: { type: "object" } }],
      }),
      stream: Type.Optional(Type.Boolean()),
      instructions: Type.Optional(Type.String()),
      max_output_tokens: Type.Optional(Type.Integer({ minimum: 1 })),
      previous_response_id: Type.Optional(
        Type.String({ description: "A response of the same key that was stored; whichever provider made it." }),
      ),
      store: Type.Optional(
        Type.Boolean({ description: "False: the response is not kept. Default true, for responses.keepDays." }),
      ),
      tools: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
    },
    { additionalProperties: true },
  ),
  Response: Type.Object(
    {
      id: Type.String(),
      object: Type.Literal("response"),
      created_at: Type.Integer(),
      status: Type.String({ description: "completed, incomplete or failed" }),
      model: Type.String(),
      output: Type.Array(Type.Object({}, { additionalProperties: true })),
    },
    { additionalProperties: true },
  ),
  DeletedResponse: Type.Object({ id: Type.String(), object: Type.Literal("response"), deleted: Type.Literal(true) }),
  EmbeddingRequest: Type.Object(
    {
      model: MODEL,
      input: Type.Unsafe({
        description: "A text, a list of texts, tokens, or a list of lists of tokens.",
        oneOf: [{ type: "string" }, { type: "array", minItems: 1, maxItems: 16_384, items: {} }],
      }),
      dimensions: Type.Optional(Type.Integer({ minimum: 1 })),
      encoding_format: Type.Optional(Type.Unsafe<string>({ type: "string", enum: ["float", "base64"] })),
      input_type: Type.Optional(
        Type.String({ description: "Cohere's word for the purpose: search_query, search_document …" }),
      ),
      user: Type.Optional(Type.String({ description: "The end user; x-evergate-user wins." })),
    },
    { additionalProperties: true },
  ),
  EmbeddingList: Type.Object(
    {
      object: Type.Literal("list"),
      data: Type.Array(
        Type.Object({
          object: Type.Literal("embedding"),
          index: Type.Integer(),
          embedding: Type.Unsafe({
            oneOf: [
              { type: "array", items: { type: "number" } },
              { type: "string", contentEncoding: "base64" },
            ],
          }),
        }),
      ),
      model: Type.String(),
      usage: Type.Object({ prompt_tokens: Type.Integer(), total_tokens: Type.Integer() }),
    },
    { additionalProperties: true },
  ),
  CompletionRequest: Type.Object(
    {
      model: MODEL,
      prompt: Type.Unsafe({ oneOf: [{ type: "string" }, { type: "array", minItems: 1, items: {} }] }),
      stream: Type.Optional(Type.Boolean({ default: false })),
    },
    { additionalProperties: true },
  ),
  Completion: Type.Object(
    {
      id: Type.String(),
      object: Type.Literal("text_completion"),
      created: Type.Integer(),
      model: Type.String(),
      choices: Type.Array(Type.Object({ text: Type.String(), index: Type.Integer() }, { additionalProperties: true })),
    },
    { additionalProperties: true },
  ),
  SpeechRequest: Type.Object(
    { model: MODEL, input: Type.String({ minLength: 1 }), voice: Type.Optional(Type.Unsafe({})) },
    { additionalProperties: true },
  ),
  CountTokensRequest: Type.Object(
    { model: MODEL, messages: Type.Array(Type.Object({}, { additionalProperties: true }), { minItems: 1 }) },
    { additionalProperties: true },
  ),
  TokenCount: Type.Object({ input_tokens: Type.Integer() }, { additionalProperties: true }),
  ModerationRequest: Type.Object(
    { model: MODEL, input: Type.Unsafe({ oneOf: [{ type: "string" }, { type: "array", items: {} }] }) },
    { additionalProperties: true },
  ),
  ModerationAnswer: Type.Object(
    {
      id: Type.Optional(Type.String()),
      model: Type.String(),
      results: Type.Array(Type.Object({}, { additionalProperties: true })),
    },
    { additionalProperties: true },
  ),
  RerankRequest: Type.Object(
    {
      model: MODEL,
      query: Type.String({ minLength: 1 }),
      documents: Type.Array(Type.Unsafe({ oneOf: [{ type: "string" }, { type: "object" }] }), { minItems: 1 }),
      top_n: Type.Optional(Type.Integer({ minimum: 1 })),
      return_documents: Type.Optional(Type.Boolean({ default: false })),
    },
    { additionalProperties: true },
  ),
  RerankAnswer: Type.Object(
    {
      model: Type.Optional(Type.String()),
      results: Type.Array(
        Type.Object(
          { index: Type.Integer({ minimum: 0 }), relevance_score: Type.Number() },
          { additionalProperties: true },
        ),
      ),
    },
    { additionalProperties: true },
  ),
  ImageRequest: Type.Object(
    {
      model: MODEL,
      prompt: Type.String({ minLength: 1 }),
      n: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
      size: Type.Optional(Type.String()),
    },
    { additionalProperties: true },
  ),
  ImageAnswer: Type.Object(
    {
      created: Type.Integer(),
      data: Type.Array(
        Type.Object(
          { b64_json: Type.Optional(Type.String()), url: Type.Optional(Type.String()) },
          { additionalProperties: true },
        ),
      ),
    },
    { additionalProperties: true },
  ),
} satisfies Record<string, TSchema>;
