/**
 * Embedding models on Bedrock's POST /model/{id}/invoke, whose body is the model maker's own: Amazon Titan and Cohere
 * (docs.aws.amazon.com/bedrock, "Inference request parameters and response fields").
 */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import { GatewayError } from "../../../canonical/errors.ts";
import { NO_USAGE } from "../../../canonical/usage.ts";
import { pathSegment } from "../../path-segment.ts";
import { malformed, type UpstreamForm } from "../operation.ts";
import { count, vectorOf } from "../read.ts";
import { DEFAULT_PURPOSE, lostAtCohere, vectorsOf } from "./cohere.ts";
import { coherePurpose } from "./purposes.ts";
import { lostAtOthers, onlyOne, textsOf } from "./texts.ts";

export const bedrockEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "bedrock-converse",
  requestPath: (model) => `/model/${pathSegment(model)}/invoke`,
  formatRequest(request, { model }) {
    if (/cohere\.embed/.test(model)) return { body: cohereBody(request), warnings: lostAtCohere(request) };
    if (!/titan-embed/.test(model))
      throw new GatewayError("invalid_request", `${model} is no embedding model of Amazon or Cohere.`);
    const body: JsonObject = { inputText: onlyOne(request, model) };
    if (request.dimensions !== undefined) body["dimensions"] = request.dimensions;
    return { body, warnings: lostAtOthers(request) };
  },
  parseReply({ embedding, embeddings, inputTextTokenCount }) {
    if (embeddings !== undefined) return { vectors: vectorsOf(embeddings) };
    const vector = vectorOf(embedding);
    if (!vector) throw malformed("vectors");
    const input = count(inputTextTokenCount);
    return { vectors: [vector], ...(input !== undefined && { usage: { ...NO_USAGE, input } }) };
  },
};

/** `output_dimension` is for Embed 4 alone there, so it is written only when the client asks for a length. */
function cohereBody(request: EmbedRequest): JsonObject {
  const body: JsonObject = { texts: textsOf(request), input_type: coherePurpose(request.purpose) ?? DEFAULT_PURPOSE };
  if (request.dimensions !== undefined) {
    body["output_dimension"] = request.dimensions;
    body["embedding_types"] = ["float"];
  }
  return body;
}
