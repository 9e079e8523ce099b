/** Ollama's POST /api/embed (docs/api.md in its repository). */
import type { JsonObject } from "../../../canonical/chat.ts";
import type { EmbedAnswer, EmbedRequest } from "../../../canonical/embed.ts";
import { NO_USAGE } from "../../../canonical/usage.ts";
import type { UpstreamForm } from "../operation.ts";
import { count } from "../read.ts";
import { vectorsOf } from "./cohere.ts";
import { lostAtOthers, textsOf } from "./texts.ts";

export const ollamaEmbeddings: UpstreamForm<EmbedRequest, EmbedAnswer> = {
  dialect: "ollama",
  requestPath: () => "/api/embed",
  formatRequest(request, { model }) {
    const body: JsonObject = { model, input: textsOf(request) };
    if (request.dimensions !== undefined) body["dimensions"] = request.dimensions;
    return { body, warnings: lostAtOthers(request) };
  },
  parseReply(body) {
    const input = count(body["prompt_eval_count"]);
    return {
      vectors: vectorsOf(body["embeddings"]),
      ...(input !== undefined && { usage: { ...NO_USAGE, input } }),
    };
  },
};
