/** Moderations, reranking and images in the forms that the gateway writes; not checked against recordings. */
import type { JsonObject } from "../../canonical/chat.ts";
import { countTokens } from "./answer.ts";
import type { SimulatedOperation } from "./operations.ts";
import type { WireRefusal } from "./wire.ts";

/** One transparent pixel. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

export const SIMULATED_OTHERS: readonly SimulatedOperation[] = [
  {
    dialect: "anthropic-messages",
    serves: (path) => path.endsWith("/v1/messages/count_tokens"),
    fields: ["model", "messages", "system", "tools", "tool_choice", "thinking", "mcp_servers", "cache_control"],
    answer: ({ messages }) => ({ json: { input_tokens: countTokens(JSON.stringify(messages)) } }),
  },
  {
    dialect: "gemini",
    serves: (path) => path.endsWith(":countTokens"),
    fields: ["contents", "generateContentRequest"],
    answer: (body) => ({ json: { totalTokens: countTokens(JSON.stringify(body)), promptTokensDetails: [] } }),
  },
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/audio/speech"),
    fields: ["model", "input", "voice", "instructions", "response_format", "speed", "stream_format"],
    answer: ({ input }) => ({ contentType: "audio/mpeg", bytes: new TextEncoder().encode(`ID3 ${input}`) }),
  },
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/audio/transcriptions"),
    form: true,
    fields: ["model", "file", "language", "prompt", "response_format", "temperature", "stream"],
    answer({ model, file, response_format: form }) {
      const text = `${model} heard ${file}`;
      if (form === "text") return { contentType: "text/plain; charset=utf-8", bytes: new TextEncoder().encode(text) };
      return { json: { text } };
    },
  },
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/moderations"),
    fields: ["model", "input"],
    answer({ model = "", input }) {
      const list = Array.isArray(input) ? input : [input ?? ""];
      const results = list.map((text) => {
        const flagged = /\bkill\b/i.test(String(text));
        return { flagged, categories: { violence: flagged }, category_scores: { violence: flagged ? 0.98 : 0.01 } };
      });
      return { json: { id: "modr-1", model, results } };
    },
  },
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/v1/rerank"),
    fields: ["model", "query", "documents", "top_n", "return_documents"],
    answer(body) {
      const ranked = rank(body);
      if ("refused" in ranked) return ranked;
      const results = ranked.results.map((one) => ({ ...one, document: { text: "…" } }));
      return { json: { model: body["model"] ?? "", results, usage: { total_tokens: 9, prompt_tokens: 9 } } };
    },
  },
  {
    dialect: "cohere",
    serves: (path) => path.endsWith("/v2/rerank"),
    fields: ["model", "query", "documents", "top_n", "max_tokens_per_doc", "priority"],
    answer(body) {
      const ranked = rank(body);
      if ("refused" in ranked) return ranked;
      return { json: { id: "rr-1", results: ranked.results, meta: { billed_units: { search_units: 1 } } } };
    },
  },
  {
    dialect: "openai-chat",
    serves: (path) => path.endsWith("/images/generations"),
    fields: [
      "model",
      "prompt",
      "n",
      "size",
      "quality",
      "style",
      "user",
      "response_format",
      "background",
      "moderation",
      "output_compression",
      "output_format",
    ],
    answer({ prompt, n }) {
      if (typeof prompt !== "string") return { refused: "invalid_request", message: "prompt", param: "prompt" };
      const data = Array.from({ length: typeof n === "number" ? n : 1 }, () => ({ b64_json: PNG }));
      const input = countTokens(prompt);
      return {
        json: {
          created: 1_790_000_000,
          data,
          usage: { input_tokens: input, output_tokens: data.length * 272, total_tokens: input + data.length * 272 },
        },
      };
    },
  },
];

/** Documents that share words with the query come first. */
function rank({ query, documents, top_n: top }: JsonObject): { results: JsonObject[] } | WireRefusal {
  if (!Array.isArray(documents) || !documents.every((one) => typeof one === "string"))
    return { refused: "invalid_request", message: "documents must be strings", param: "documents" };
  const words = new Set(String(query).toLowerCase().split(/\W+/));
  const results = documents
    .map((text, index) => {
      const all = String(text).toLowerCase().split(/\W+/);
      return { index, relevance_score: all.filter((word) => words.has(word)).length / all.length };
    })
    .sort((a, b) => b.relevance_score - a.relevance_score);
  return { results: results.slice(0, typeof top === "number" ? top : documents.length) };
}
