import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/canonical/chat.ts";
import { GatewayError } from "../../../src/canonical/errors.ts";
import { MalformedReply } from "../../../src/dialects/dialect.ts";
import { MAX_INPUTS } from "../../../src/dialects/operations/embeddings/batches.ts";
import { embeddings } from "../../../src/dialects/operations/embeddings/embeddings.ts";
import { openaiEmbeddings } from "../../../src/dialects/operations/embeddings/openai.ts";

const encoder = new TextEncoder();
const ASKED: JsonObject = { model: "public", input: ["a", "b"], dimensions: 2 };

function prepare(
  upstream: string,
  json: JsonObject,
  traits: { model?: string; vendor?: string; refuses?: string[] } = {},
) {
  const bytes = encoder.encode(JSON.stringify(json));
  const wire = embeddings.wire("openai-chat", upstream)!;
  return { sent: bytes, ...wire.prepare({ bytes, json }, { model: "m", vendor: "x", ...traits }) };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("each vendor's own request and answer", () => {
  test.each<
    [dialect: string, model: string, asked: JsonObject, body: JsonObject, reply: JsonObject, tokens: number | null]
  >([
    [
      "gemini",
      "gemini-embedding-001",
      ASKED,
      {
        requests: ["a", "b"].map((one) => ({
          model: "models/gemini-embedding-001",
          content: { parts: [{ text: one }] },
          outputDimensionality: 2,
        })),
      },
      { embeddings: [{ values: [0.5, 0.25] }, { values: [1, 2] }] },
      null,
    ],
    [
      "vertex-predict",
      "text-embedding-005",
      { ...ASKED, input_type: "search_query" },
      {
        instances: [
          { content: "a", task_type: "RETRIEVAL_QUERY" },
          { content: "b", task_type: "RETRIEVAL_QUERY" },
        ],
        parameters: { outputDimensionality: 2 },
      },
      {
        predictions: [
          { embeddings: { values: [0.5, 0.25], statistics: { token_count: 3 } } },
          { embeddings: { values: [1, 2], statistics: { token_count: 4 } } },
        ],
      },
      7,
    ],
    [
      "cohere",
      "embed-v4.0",
      ASKED,
      {
        model: "embed-v4.0",
        texts: ["a", "b"],
        input_type: "search_document",
        embedding_types: ["float"],
        output_dimension: 2,
      },
      {
        embeddings: {
          float: [
            [0.5, 0.25],
            [1, 2],
          ],
        },
        meta: { billed_units: { input_tokens: 5 } },
      },
      5,
    ],
    [
      "bedrock-converse",
      "cohere.embed-english-v3",
      { model: "public", input: ["a", "b"], input_type: "search_query" },
      { texts: ["a", "b"], input_type: "search_query" },
      {
        embeddings: [
          [0.5, 0.25],
          [1, 2],
        ],
        response_type: "embeddings_floats",
      },
      null,
    ],
    [
      "ollama",
      "nomic-embed-text",
      ASKED,
      { model: "nomic-embed-text", input: ["a", "b"], dimensions: 2 },
      {
        embeddings: [
          [0.5, 0.25],
          [1, 2],
        ],
        prompt_eval_count: 6,
      },
      6,
    ],
  ])("%s %s", (dialect, model, asked, body, reply, tokens) => {
    const prepared = prepare(dialect, asked, { model });
    expect(JSON.parse(text(prepared.bytes))).toEqual(body);
    expect(prepared.warnings).toEqual([]);
    const { bytes, usage } = prepared.read!(reply, new Uint8Array());
    expect(JSON.parse(text(bytes))).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, 0.25] },
        { object: "embedding", index: 1, embedding: [1, 2] },
      ],
      model,
      usage: { prompt_tokens: tokens ?? 0, total_tokens: tokens ?? 0 },
    });
    expect(usage?.input ?? null).toBe(tokens);
  });

  test("Titan takes one text and tells its tokens", () => {
    const model = "amazon.titan-embed-text-v2:0";
    const prepared = prepare("bedrock-converse", { model: "public", input: "a" }, { model });
    expect(JSON.parse(text(prepared.bytes))).toEqual({ inputText: "a" });
    const { usage } = prepared.read!({ embedding: [1], inputTextTokenCount: 9 }, new Uint8Array());
    expect(usage?.input).toBe(9);
    expect(() => prepare("bedrock-converse", ASKED, { model })).toThrow(GatewayError);
    expect(embeddings.requestPath("bedrock-converse", model)).toBe("/model/amazon.titan-embed-text-v2%3A0/invoke");
  });
});

describe("between OpenAI's clients and servers", () => {
  test("the bytes pass but for the model, and nothing is added", () => {
    const json = { model: "m", input: "x", vendor_field: 1.5 };
    const same = prepare("openai-chat", json);
    expect(same.bytes).toBe(same.sent);
    expect(text(prepare("openai-chat", { ...json, model: "public" }).bytes)).toBe(JSON.stringify(json));
  });

  test.each([0, -1, 1.5, "8"])("%p dimensions are refused before another form is asked for them", (dimensions) => {
    expect(() => prepare("cohere", { model: "m", input: "x", dimensions })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "dimensions" }),
    );
  });

  test("Mistral has its own name for the dimensions and refuses unknown fields", () => {
    const { bytes, warnings } = prepare(
      "openai-chat",
      { model: "m", input: "x", dimensions: 3, user: "u" },
      { vendor: "mistral", refuses: ["user"] },
    );
    expect(text(bytes)).toBe('{"model":"m","input":"x","output_dimension":3}');
    expect(warnings).toEqual(["user"]);
  });

  test("an answer passes as it came; one in the other encoding is rewritten", () => {
    const reply = (embedding: number[] | string) => ({
      data: [{ object: "embedding", index: 0, embedding }],
      usage: { prompt_tokens: 4, total_tokens: 4 },
      extra: true,
    });
    const base64 = Buffer.from(new Float32Array([0.5, -2]).buffer).toString("base64");
    const received = encoder.encode("as it came");
    const read = (json: JsonObject, body: JsonObject) => prepare("openai-chat", json).read!(body, received);
    expect(read({ model: "m", input: "x" }, reply([0.5, -2]))).toMatchObject({ bytes: received, usage: { input: 4 } });
    expect(read({ model: "m", input: "x", encoding_format: "base64" }, reply(base64)).bytes).toBe(received);
    const wanted = read({ model: "m", input: "x", encoding_format: "base64" }, reply([0.5, -2]));
    expect(JSON.parse(text(wanted.bytes))).toEqual(reply(base64));
    expect(JSON.parse(text(read({ model: "m", input: "x" }, reply(base64)).bytes))).toEqual(reply([0.5, -2]));
  });
});

test("base64 is written for a client that wants it, whoever answers", () => {
  const { read } = prepare("ollama", { model: "m", input: "x", encoding_format: "base64" });
  const { data } = JSON.parse(text(read!({ embeddings: [[0.5, -2]] }, new Uint8Array()).bytes));
  expect([...new Float32Array(new Uint8Array(Buffer.from(data[0].embedding, "base64")).buffer)]).toEqual([0.5, -2]);
});

test.each(["gemini", "vertex-predict", "cohere", "ollama"])("%s is not sent tokens", (dialect) => {
  expect(() => prepare(dialect, { model: "m", input: [1, 2, 3] })).toThrow(GatewayError);
});

test.each<[string, JsonObject]>([
  ["openai-chat", {}],
  ["openai-chat", { data: [] }],
  ["openai-chat", { error: { message: "no" } }],
  ["gemini", { embeddings: [{ values: [] }] }],
  ["vertex-predict", { predictions: [] }],
  ["cohere", { embeddings: { int8: [[1]] } }],
  ["bedrock-converse", { embedding: "none" }],
  ["ollama", { embeddings: [[]] }],
])("%s: %j is no answer", (dialect, reply) => {
  const { read } = prepare(dialect, { model: "m", input: "x" }, { model: "amazon.titan-embed-text-v2:0" });
  expect(() => read!(reply, new Uint8Array())).toThrow(MalformedReply);
});

test.each<[JsonObject, string]>([
  [{ input: "x" }, "model"],
  [{ model: "m" }, "input"],
  [{ model: "m", input: "" }, "input"],
  [{ model: "m", input: [] }, "input"],
  [{ model: "m", input: ["a", 1] }, "input"],
  [{ model: "m", input: "x", encoding_format: "int8" }, "encoding_format"],
])("%j is refused for its %s", (body, param) => {
  expect(() => openaiEmbeddings.inspect(body)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
});

test("there are bounds to what is taken at all", () => {
  const input = Array.from({ length: MAX_INPUTS + 1 }, () => "a");
  expect(() => openaiEmbeddings.inspect({ model: "m", input })).toThrow(expect.objectContaining({ param: "input" }));
});

test("the tokens of one text are no list of inputs", () => {
  const input = Array.from({ length: 3_000 }, () => 1);
  expect(openaiEmbeddings.inspect({ model: "m", input }).model).toBe("m");
});
