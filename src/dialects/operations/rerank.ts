/**
 * POST /rerank in the form that Jina, Together, vLLM and others share: `query`, `documents` (texts, or objects with a
 * `text`), `top_n`, `return_documents`; `results` with `index` and `relevance_score`. Cohere's v2 is close to it, but
 * takes texts alone and never returns them; what only Cohere has goes there under its own name
 * (docs.cohere.com/reference/rerank).
 */
import type { RequestFacts } from "../../canonical/call.ts";
import type { JsonObject } from "../../canonical/chat.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import { type ClientForm, malformed, operationWires, type UpstreamForm } from "./operation.ts";
import { invalid, modelFacts, passing } from "./passing.ts";
import { count, isObject } from "./read.ts";

interface RerankRequest {
  query: string;
  documents: readonly string[];
  topN?: number;
  returnDocuments: boolean;
  /** Fields of Cohere's, as the client wrote them. */
  cohere: JsonObject;
}

interface RerankAnswer {
  results: readonly { index: number; score: number }[];
  usage?: Usage;
}

/** `max_tokens_per_doc`: where a document is cut. `priority`: under load, the lower the sooner. */
const COHERE_FIELDS = ["max_tokens_per_doc", "priority"];
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  "model",
  "query",
  "documents",
  "top_n",
  "return_documents",
  ...COHERE_FIELDS,
]);

const client: ClientForm<RerankRequest, RerankAnswer> = {
  dialect: "openai-chat",
  inspect: inspectRerank,
  unknownFields: (body) => Object.keys(body).filter((name) => body[name] !== null && !KNOWN_FIELDS.has(name)),
  parseRequest(body) {
    const { query, documents, top_n: topN, return_documents: returnDocuments } = body;
    const cohere: JsonObject = {};
    for (const name of COHERE_FIELDS) if (body[name] != null) cohere[name] = body[name];
    return {
      query: query as string,
      documents: (documents as unknown[]).map(textOf),
      ...(count(topN) !== undefined && { topN: count(topN) }),
      returnDocuments: returnDocuments === true,
      cohere,
    };
  },
  formatReply: ({ results, usage }, { documents, returnDocuments }, model) => ({
    model,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returnDocuments && { document: { text: documents[index] ?? "" } }),
    })),
    usage: { total_tokens: usage?.input ?? 0 },
  }),
};

const cohere: UpstreamForm<RerankRequest, RerankAnswer> = {
  dialect: "cohere",
  requestPath: () => "/v2/rerank",
  formatRequest: ({ query, documents, topN, cohere: own }, { model }) => ({
    body: { model, query, documents: [...documents], ...(topN !== undefined && { top_n: topN }), ...own },
    warnings: [],
  }),
  // Billed by search units, one for some hundred documents: the price of a call is the operator's to give.
  parseReply: ({ results }) => ({ results: resultsOf(results), usage: { ...NO_USAGE } }),
};

const form = passing(({ results }) => void resultsOf(results));

export const rerank = operationWires({
  clients: [client],
  upstreams: [cohere],
  same: [{ ...form, requestPath: () => "/rerank" }],
});

export function inspectRerank(body: JsonObject): RequestFacts {
  const facts = modelFacts(body);
  const { query, documents, top_n: topN } = body;
  if (typeof query !== "string" || query === "") throw invalid("query", "'query' must be a non-empty string.");
  if (!Array.isArray(documents) || documents.length === 0)
    throw invalid("documents", "'documents' must be a non-empty list.");
  if (!documents.every((one) => typeof one === "string" || isObject(one)))
    throw invalid("documents", "'documents' must hold strings or objects.");
  if (topN !== undefined && topN !== null && !count(topN))
    throw invalid("top_n", "'top_n' must be a positive whole number.");
  return facts;
}

function textOf(document: unknown): string {
  if (typeof document === "string") return document;
  const { text } = document as JsonObject;
  return typeof text === "string" ? text : JSON.stringify(document);
}

function resultsOf(results: unknown): { index: number; score: number }[] {
  if (!Array.isArray(results)) throw malformed("results");
  return results.map((one) => {
    const index = isObject(one) ? count(one["index"]) : undefined;
    const score = isObject(one) ? one["relevance_score"] : undefined;
    if (index === undefined || typeof score !== "number") throw malformed("results");
    return { index, score };
  });
}
