/** The simulated providers' strict validation, as one question: what would refuse this body? */
import type { JsonObject } from "../../src/canonical/chat.ts";
import { refuseAnthropicMessages } from "../../src/providers/simulated/anthropic-messages-rules.ts";
import { refuseBedrockConverse } from "../../src/providers/simulated/bedrock-converse-rules.ts";
import { refuseCohere } from "../../src/providers/simulated/cohere-rules.ts";
import { refuseGemini } from "../../src/providers/simulated/gemini-rules.ts";
import { refuseOllama } from "../../src/providers/simulated/ollama-rules.ts";
import { refuseOpenAiChat } from "../../src/providers/simulated/openai-chat-rules.ts";

const HEADERS = { "anthropic-version": "2023-06-01" };

/** The refusal's text, or undefined where a real upstream would take the body. */
export function refuse(dialect: string, body: JsonObject, model: string): string | undefined {
  switch (dialect) {
    case "openai-chat":
      return refuseOpenAiChat(body, true)?.message;
    case "anthropic-messages":
      return refuseAnthropicMessages(body, HEADERS, true)?.message;
    case "gemini":
      return refuseGemini(body, model, true)?.message;
    case "bedrock-converse":
      return refuseBedrockConverse(body, model, true)?.message;
    case "cohere":
      return refuseCohere(body, true)?.message;
    case "ollama":
      return refuseOllama(body, true)?.message;
    default:
      throw new Error(`no strict upstream speaks ${dialect}`);
  }
}
