import { operationWires } from "../operation.ts";
import { bedrockEmbeddings } from "./bedrock.ts";
import { cohereEmbeddings } from "./cohere.ts";
import { geminiEmbeddings, vertexEmbeddings } from "./gemini.ts";
import { ollamaEmbeddings } from "./ollama.ts";
import { openaiEmbeddings } from "./openai.ts";

export const embeddings = operationWires({
  clients: [openaiEmbeddings],
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
