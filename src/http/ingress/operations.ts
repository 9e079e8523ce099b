/** The paths besides chat, but for Gemini's: those share one with it. */
import { anthropicMessages } from "../../dialects/anthropic-messages/anthropic-messages.ts";
import { openaiChat } from "../../dialects/openai-chat/openai-chat.ts";
import { openaiCompletions } from "../../dialects/openai-completions/openai-completions.ts";
import { inspectSpeech, inspectTranscription } from "../../dialects/operations/audio.ts";
import { inspectCount } from "../../dialects/operations/count-tokens.ts";
import { openaiEmbeddings } from "../../dialects/operations/embeddings/openai.ts";
import { inspectImage } from "../../dialects/operations/images.ts";
import { inspectModeration } from "../../dialects/operations/moderations.ts";
import { inspectRerank } from "../../dialects/operations/rerank.ts";
import { ingress } from "./ingress.ts";

const dialect = openaiChat;

export const embeddingsIngress = ingress({ dialect, operation: "embed", inspect: openaiEmbeddings.inspect });
export const moderationsIngress = ingress({ dialect, operation: "moderate", inspect: inspectModeration });
export const rerankIngress = ingress({ dialect, operation: "rerank", inspect: inspectRerank });
export const imagesIngress = ingress({ dialect, operation: "image", inspect: inspectImage });
export const countTokensIngress = ingress({ dialect: anthropicMessages, operation: "count", inspect: inspectCount });
export const speechIngress = ingress({ dialect, operation: "speech", inspect: inspectSpeech, passesBytes: true });
export const transcriptionsIngress = ingress({
  dialect,
  operation: "transcribe",
  inspect: inspectTranscription,
  takesForm: true,
  passesBytes: true,
});
export const completionsIngress = ingress({ dialect: openaiCompletions, operation: "chat" });
