import { type OperationWires, operationWires } from "../operation.ts";
import { type BatchForm, batched } from "./batches.ts";
import { bedrockEmbeddings } from "./bedrock.ts";
import { cohereEmbeddings } from "./cohere.ts";
import { geminiEmbeddings, geminiSameWire } from "./gemini.ts";
import { geminiBatches, geminiEmbedClient } from "./gemini-client.ts";
import { ollamaEmbeddings } from "./ollama.ts";
import { openaiEmbeddings } from "./openai.ts";
import { openaiBatches } from "./openai-batches.ts";
import { vertexEmbeddings } from "./vertex.ts";

const forms = operationWires({
  clients: [openaiEmbeddings, geminiEmbedClient],
  upstreams: [
    openaiEmbeddings,
    geminiEmbeddings,
    vertexEmbeddings,
    cohereEmbeddings,
    bedrockEmbeddings,
    ollamaEmbeddings,
  ],
  same: [openaiEmbeddings],
});

const BATCHES: Readonly<Record<string, BatchForm>> = {
  [openaiEmbeddings.dialect]: openaiBatches,
  [geminiEmbedClient.dialect]: geminiBatches,
};

export const embeddings: OperationWires = {
  requestPath: forms.requestPath,
  wire(client, upstream) {
    const same = client === upstream && client === geminiEmbedClient.dialect;
    const wire = same ? geminiSameWire : forms.wire(client, upstream);
    const batches = BATCHES[client];
    return wire && batches ? batched(wire, batches) : wire;
  },
};
