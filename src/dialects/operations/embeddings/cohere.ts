/** Cohere's POST /v2/embed (docs.cohere.com/reference/embed). */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedField, EmbedRequest } from "../../../canonical/embed.ts";
import { NO_USAGE } from "../../../canonical/usage.ts";
import { malformed, type UpstreamForm } from "../operation.ts";
import { count, isObject, vectorOf } from "../read.ts";
import { coherePurpose } from "./purposes.ts";
import { textsOf } from "./texts.ts";

export const cohereEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "cohere",
  requestPath: () => "/v2/embed",
  formatRequest(request, { model }) {
    const body: JsonObject = {
      model,
      texts: textsOf(request),
      input_type: coherePurpose(request.purpose) ?? DEFAULT_PURPOSE,
      embedding_types: ["float"],
    };
    if (request.dimensions !== undefined) body["output_dimension"] = request.dimensions;
    return { body, warnings: lostAtCohere(request) };
  },
  parseReply({ embeddings, meta }) {
    const vectors = vectorsOf(embeddings);
    const billed = isObject(meta) ? meta["billed_units"] : undefined;
    const input = isObject(billed) ? count(billed["input_tokens"]) : undefined;
    return { vectors, ...(input !== undefined && { usage: { ...NO_USAGE, input } }) };
  },
};

/** Required by every model since v3; OpenAI's API has no such word, and what is stored is what is embedded most. */
export const DEFAULT_PURPOSE = "search_document";

export function lostAtCohere({ purpose, titles }: EmbedRequest): EmbedField[] {
  const lost: EmbedField[] = titles ? ["titles"] : [];
  return purpose !== undefined && coherePurpose(purpose) === undefined ? ["purpose", ...lost] : lost;
}

/** By type, or the plain list of answers that were not asked for a type. */
export function vectorsOf(embeddings: unknown): number[][] {
  const list = isObject(embeddings) ? embeddings["float"] : embeddings;
  if (!Array.isArray(list) || list.length === 0) throw malformed("vectors");
  return list.map((one) => {
    const vector = vectorOf(one);
    if (!vector) throw malformed("vectors");
    return vector;
  });
}
