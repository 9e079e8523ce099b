/** What `/openapi.json` says of the inference routes besides chat. */
import { EXAMPLES } from "./examples.ts";
import { body, callHeaders, errors, type Operation } from "./operation.ts";
import type { SchemaName } from "./schemas.ts";

const OPENAI_ERRORS = errors("OpenAiError", EXAMPLES.openAiError);
const STATUSES = ["400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "502", "503", "504"];

export const embeddings: Operation = call("Embeddings in OpenAI's form", {
  description:
    "Targets of one model should make vectors of the same kind: those of different models cannot be compared, so a failover between them would mix what must not be mixed.",
  request: ["EmbeddingRequest", { model: "embedder", input: ["first text", "second text"], dimensions: 256 }],
  answer: [
    "EmbeddingList",
    {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding: [0.0123, -0.0456] }],
      model: "text-embedding-3-small",
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
  ],
});

interface Described {
  description?: string;
  request: [SchemaName, unknown];
  answer: [SchemaName, unknown];
}

function call(summary: string, { description, request, answer }: Described): Operation {
  return {
    tags: ["inference"],
    summary,
    ...(description !== undefined && { description }),
    parameters: callHeaders(),
    requestBody: { required: true, content: body(...request) },
    responses: { "200": { description: "The answer", content: body(...answer) }, ...OPENAI_ERRORS(...STATUSES) },
  };
}
