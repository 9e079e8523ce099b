/** Bodies of the inference paths besides chat, as far as the gateway itself reads or writes them. */
import { type TSchema, Type } from "@sinclair/typebox";

const MODEL = Type.String({ description: "A public model name, or provider/model." });

export const OPERATION_SCHEMAS = {
  EmbeddingRequest: Type.Object(
    {
      model: MODEL,
      input: Type.Unsafe({
        description: "A text, a list of texts, tokens, or a list of lists of tokens.",
        oneOf: [{ type: "string" }, { type: "array", minItems: 1, maxItems: 2_048, items: {} }],
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
} satisfies Record<string, TSchema>;
