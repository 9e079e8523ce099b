/** Gemini's :batchEmbedContents and Vertex AI's :predict (ai.google.dev/api/embeddings, Vertex text embeddings API). */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import { NO_USAGE } from "../../../canonical/usage.ts";
import { malformed, type UpstreamForm } from "../operation.ts";
import { count, isObject, vectorOf } from "../read.ts";
import { onlyOne, textsOf } from "./texts.ts";

export const geminiEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "gemini",
  requestPath: (model) => `/v1beta/${resourceOf(model)}:batchEmbedContents`,
  formatRequest(request, { model }) {
    const { dimensions, purpose } = request;
    const task = taskOf(purpose);
    const requests = textsOf(request).map((text) => ({
      model: model.includes("/") ? model : `models/${model}`,
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
      ...(task !== undefined && { taskType: task }),
    }));
    return { body: { requests }, warnings: purpose !== undefined && task === undefined ? ["input_type"] : [] };
  },
  parseReply(body) {
    const { embeddings, usageMetadata } = body;
    if (!Array.isArray(embeddings)) throw malformed("vectors");
    const vectors = embeddings.map((one) => {
      const vector = isObject(one) ? vectorOf(one["values"]) : undefined;
      if (!vector) throw malformed("vectors");
      return vector;
    });
    const tokens = isObject(usageMetadata) ? count(usageMetadata["promptTokenCount"]) : undefined;
    return { vectors, ...(tokens !== undefined && { usage: { ...NO_USAGE, input: tokens } }) };
  },
};

/** Gemini's embedding models take one text a call on Vertex, older ones many. */
export const vertexEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "vertex-predict",
  requestPath: () => ":predict",
  formatRequest(request, { model }) {
    const { dimensions, purpose } = request;
    if (/gemini-embedding/.test(model)) onlyOne(request, model);
    const task = taskOf(purpose);
    const instances = textsOf(request).map((content) => ({ content, ...(task !== undefined && { task_type: task }) }));
    const body: JsonObject = { instances };
    if (dimensions !== undefined) body["parameters"] = { outputDimensionality: dimensions };
    return { body, warnings: purpose !== undefined && task === undefined ? ["input_type"] : [] };
  },
  parseReply({ predictions }) {
    if (!Array.isArray(predictions) || predictions.length === 0) throw malformed("vectors");
    let input: number | undefined = 0;
    const vectors = predictions.map((prediction) => {
      const embeddings = isObject(prediction) ? prediction["embeddings"] : undefined;
      const vector = isObject(embeddings) ? vectorOf(embeddings["values"]) : undefined;
      if (!vector || !isObject(embeddings)) throw malformed("vectors");
      const { statistics } = embeddings;
      const tokens = isObject(statistics) ? count(statistics["token_count"]) : undefined;
      input = tokens === undefined || input === undefined ? undefined : input + tokens;
      return vector;
    });
    return { vectors, ...(input !== undefined && { usage: { ...NO_USAGE, input } }) };
  },
};

function resourceOf(model: string): string {
  const name = /^(models|tunedModels)\//.test(model) ? model : `models/${model}`;
  return name.split("/").map(encodeURIComponent).join("/");
}

/** Cohere's words in Google's. */
function taskOf(purpose: string | undefined): string | undefined {
  switch (purpose) {
    case "search_query":
      return "RETRIEVAL_QUERY";
    case "search_document":
      return "RETRIEVAL_DOCUMENT";
    case "classification":
      return "CLASSIFICATION";
    case "clustering":
      return "CLUSTERING";
    default:
      return undefined;
  }
}
