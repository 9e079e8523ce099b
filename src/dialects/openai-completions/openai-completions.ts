/**
 * OpenAI's legacy Completions. Where a provider has the endpoint the client's own bytes go there; elsewhere the prompt
 * becomes one user message, and any chat model answers. Only clients of this dialect are ever sent to such an endpoint,
 * so nothing is translated into it.
 */
import type { ChatRequest } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Dialect, FrameWriter } from "../dialect.ts";
import { openaiChat } from "../openai-chat/openai-chat.ts";
import { asChatAnswer, eventReader } from "./event-reader.ts";
import { frameReader } from "./frame-reader.ts";
import { chatBody, inspectRequest } from "./prompts.ts";
import { rewritten, textCompletion } from "./text-completion.ts";

export const openaiCompletions: Dialect = {
  ...openaiChat,
  name: "openai-completions",
  inspect: inspectRequest,
  parseRequest(body): ChatRequest {
    const request = openaiChat.parseRequest(chatBody(body));
    // A number here, a switch in chat.
    const { logprobs } = body;
    if (typeof logprobs === "number") request.extra = { ...request.extra, logprobs };
    // What chat has no field for (`suffix`, `echo`, `best_of`) is then named as a warning instead of being sent.
    return { ...request, dialect: "openai-completions" };
  },
  edits: (body, changes) =>
    openaiChat.edits(body, { ...changes, traits: { ...changes.traits, maxTokensField: "max_tokens" } }),
  requestPath: () => "/completions",
  parseReply: (body) => openaiChat.parseReply(asChatAnswer(body)),
  formatReply: (answer, options) => textCompletion(openaiChat.formatReply(answer, options), "message"),
  frameReader,
  eventReader,
  frameWriter(options): FrameWriter {
    const inner = openaiChat.frameWriter(options);
    return {
      write: (events) => rewritten(inner.write(events)),
      end: () => rewritten(inner.end()),
      resume: (sent) => inner.resume(sent),
    };
  },
  parseError(status, headers, body): Failure {
    const failure = openaiChat.parseError(status, headers, body);
    return lacksEndpoint(status, failure) ? { ...failure, class: "unsupported" } : failure;
  },
};

/**
 * A server without the endpoint, or a model that is for chat alone: OpenAI answers 404 "This is a chat model and not
 * supported in the v1/completions endpoint", vLLM 400 "The model does not support Completions API" (November 2026).
 */
function lacksEndpoint(status: number, { message }: Failure): boolean {
  if (status === 404 || status === 405 || status === 501) return true;
  return status === 400 && /not support\w*\b.*\bcompletions\b/i.test(message) && !/chat completions/i.test(message);
}
