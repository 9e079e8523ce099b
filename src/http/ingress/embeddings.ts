/** POST /v1/embeddings */
import { openaiChat } from "../../dialects/openai-chat/openai-chat.ts";
import { openaiEmbeddings } from "../../dialects/operations/embeddings/openai.ts";
import { ingress } from "./ingress.ts";

export const embeddingsIngress = ingress({
  dialect: openaiChat,
  operation: "embed",
  inspect: (body) => openaiEmbeddings.inspect(body),
});
