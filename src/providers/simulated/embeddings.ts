/** Embeddings as each vendor's reference shows them (2026-11): deterministic vectors that differ by text. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { SimulatedAnswer, SimulatedOperation } from "./operations.ts";
import type { WireRefusal } from "./wire.ts";

const DEFAULT_DIMENSIONS = 8;
/** Of one call, as the vendors refuse more (see dialects/operations/embeddings/batches.ts). */
const MOST_INPUTS = { openai: 2_048, gemini: 100, vertex: 250, cohere: 96 };
const MODEL_IN_PATH = /\/models?\/([^/:]+)(?::\d+)?[:/]/;

export const SIMULATED_EMBEDDINGS: readonly SimulatedOperation[] = [
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/embeddings"),
    fields: ["model", "input", "dimensions", "encoding_format", "user"],
    answer(body) {
      const { model, input, dimensions, encoding_format: encoding } = body;
      if (typeof model !== "string") return refusal("you must provide a model parameter", "model");
      if (encoding !== undefined && encoding !== "float" && encoding !== "base64")
        return refusal(`Invalid value: ${JSON.stringify(encoding)}.`, "encoding_format");
      const list = Array.isArray(input) ? (typeof input[0] === "number" ? [input] : input) : [input];
      if (list.length === 0 || list.some((one) => one === undefined)) return refusal("Missing input.", "input");
      if (list.length > MOST_INPUTS.openai) return refusal("'input' must have at most 2048 elements", "input");
      const data = list.map((one, index) => {
        const vector = vectorFor(typeof one === "string" ? one : JSON.stringify(one), dimensions);
        const embedding =
          encoding === "base64" ? Buffer.from(new Float32Array(vector).buffer).toString("base64") : vector;
        return { object: "embedding", index, embedding };
      });
      const tokens = tokensOf(list as Json[]);
      return { json: { object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } } };
    },
  },
  {
    dialect: "gemini",
    serves: (path) => path.endsWith(":batchEmbedContents"),
    fields: ["requests"],
    answer(body, path) {
      const { requests } = body;
      if (!Array.isArray(requests)) return refusal("requests is required", "requests");
      if (requests.length > MOST_INPUTS.gemini) return refusal("at most 100 requests can be in one batch", "requests");
      const model = `models/${decodeURIComponent(MODEL_IN_PATH.exec(path)?.[1] ?? "")}`;
      const embeddings: JsonObject[] = [];
      for (const request of requests as JsonObject[]) {
        if (request["model"] !== model) return refusal("model must be the model of the path", "requests");
        const { parts } = request["content"] as { parts: JsonObject[] };
        embeddings.push({ values: vectorFor(String(parts[0]!["text"]), request["outputDimensionality"]) });
      }
      return { json: { embeddings } };
    },
  },
  {
    dialect: "gemini",
    serves: (path) => path.endsWith(":predict"),
    fields: ["instances", "parameters"],
    answer({ instances, parameters }) {
      if (!Array.isArray(instances)) return refusal("instances is required", "instances");
      if (instances.length > MOST_INPUTS.vertex) return refusal("250 input(s) is the maximum", "instances");
      const dimensions = (parameters as JsonObject | undefined)?.["outputDimensionality"];
      const predictions = (instances as JsonObject[]).map(({ content }) => ({
        embeddings: {
          values: vectorFor(String(content), dimensions),
          statistics: { truncated: false, token_count: countTokens(String(content)) },
        },
      }));
      return { json: { predictions } };
    },
  },
  {
    dialect: "cohere",
    serves: (path) => path.endsWith("/v2/embed"),
    fields: ["model", "texts", "input_type", "embedding_types", "output_dimension", "truncate"],
    answer({ texts, input_type: purpose, output_dimension: dimensions }) {
      if (!Array.isArray(texts)) return refusal("texts is required", "texts");
      if (texts.length > MOST_INPUTS.cohere) return refusal("total number of texts must be at most 96", "texts");
      if (typeof purpose !== "string") return refusal("input_type is required for this model", "input_type");
      const vectors = texts.map((text) => vectorFor(String(text), dimensions));
      const billed = { input_tokens: tokensOf(texts) };
      return { json: { id: "emb-1", embeddings: { float: vectors }, texts, meta: { billed_units: billed } } };
    },
  },
  {
    dialect: "bedrock-converse",
    serves: (path) => path.endsWith("/invoke"),
    fields: ["inputText", "dimensions", "normalize", "texts", "input_type", "output_dimension", "embedding_types"],
    answer(body) {
      const { inputText, texts, dimensions, output_dimension: length, embedding_types: types } = body;
      if (typeof inputText === "string")
        return answerOf({ embedding: vectorFor(inputText, dimensions), inputTextTokenCount: countTokens(inputText) });
      if (!Array.isArray(texts) || texts.length > MOST_INPUTS.cohere)
        return refusal("Malformed input request", "texts");
      const vectors = texts.map((text) => vectorFor(String(text), length));
      return answerOf({ embeddings: types === undefined ? vectors : { float: vectors }, id: "emb-1", texts });
    },
  },
  {
    dialect: "ollama",
    serves: (path) => path.endsWith("/api/embed"),
    fields: ["model", "input", "dimensions", "truncate", "options", "keep_alive"],
    answer({ model = "", input = "", dimensions }) {
      const list = Array.isArray(input) ? input : [input];
      const embeddings = list.map((text) => vectorFor(String(text), dimensions));
      return { json: { model, embeddings, total_duration: 1, load_duration: 1, prompt_eval_count: tokensOf(list) } };
    },
  },
];

/** Exact in 32 bits, so that every encoding of a vector says the same. */
function vectorFor(text: string, dimensions: Json | undefined): number[] {
  const length = typeof dimensions === "number" ? dimensions : DEFAULT_DIMENSIONS;
  const seed = Bun.hash.xxHash32(text);
  return Array.from({ length }, (_, index) => (((seed >>> (index % 24)) & 0xff) + 1) / 256);
}

function tokensOf(inputs: readonly Json[]): number {
  return inputs.reduce<number>(
    (sum, one) => sum + (typeof one === "string" ? countTokens(one) : Array.isArray(one) ? one.length : 1),
    0,
  );
}

function answerOf(json: JsonObject): SimulatedAnswer {
  return { json };
}

function refusal(message: string, param: string): WireRefusal {
  return { refused: "invalid_request", message, param };
}
