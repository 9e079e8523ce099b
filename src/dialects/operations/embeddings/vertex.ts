/**
 * Vertex AI's :predict, and :embedContent of the newer Gemini embedding models and those of partners, which take one
 * content a call (docs.cloud.google.com, "Get text embeddings"; @google/genai 3.1, models.embedContent; November 2026).
 */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import { NO_USAGE } from "../../../canonical/usage.ts";
import { malformed, type UpstreamForm } from "../operation.ts";
import { count, isObject, vectorOf } from "../read.ts";
import { googleTask } from "./purposes.ts";
import { onlyOne, textsOf } from "./texts.ts";

export const vertexEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "vertex-predict",
  requestPath: (model) => (takesContent(model) ? ":embedContent" : ":predict"),
  formatRequest(request, { model }) {
    const task = googleTask(request.purpose);
    const body = takesContent(model) ? contentBody(request, model, task) : instancesBody(request, task);
    return { body, warnings: request.purpose !== undefined && task === undefined ? ["purpose"] : [] };
  },
  parseReply(body) {
    const { embedding, usageMetadata } = body;
    if (!isObject(embedding)) return predicted(body);
    const vector = vectorOf(embedding["values"]);
    if (!vector) throw malformed("vectors");
    const input = isObject(usageMetadata) ? count(usageMetadata["promptTokenCount"]) : undefined;
    return { vectors: [vector], ...(input !== undefined && { usage: { ...NO_USAGE, input } }) };
  },
};

/** Takes a single text, in whichever of the two forms. */
export function takesOne(model: string): boolean {
  return takesContent(model) || /gemini-embedding-001/.test(model);
}

function takesContent(model: string): boolean {
  return (/gemini/.test(model) && !/gemini-embedding-001/.test(model)) || /maas/.test(model);
}

function contentBody(request: EmbedRequest, model: string, task: string | undefined): JsonObject {
  const { dimensions, titles } = request;
  const settings: JsonObject = {
    ...(task !== undefined && { taskType: task }),
    ...(titles?.[0] !== undefined && { title: titles[0] }),
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  };
  return {
    content: { parts: [{ text: onlyOne(request, model) }] },
    ...(Object.keys(settings).length > 0 && { embedContentConfig: settings }),
  };
}

function instancesBody(request: EmbedRequest, task: string | undefined): JsonObject {
  const { dimensions, titles } = request;
  const instances = textsOf(request).map((content, index) => ({
    content,
    ...(task !== undefined && { task_type: task }),
    ...(titles?.[index] !== undefined && { title: titles[index] }),
  }));
  return { instances, ...(dimensions !== undefined && { parameters: { outputDimensionality: dimensions } }) };
}

function predicted({ predictions }: JsonObject): EmbedAnswer {
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
}
