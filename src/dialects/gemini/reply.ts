import type { JsonObject, Part } from "../../canonical/chat.ts";
import { type Answer, type AnswerChoice, collect, type ReplyEvent } from "../../canonical/events.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { MalformedReply, type WriterOptions } from "../dialect.ts";
import { answerParts } from "./candidate-parts.ts";
import { chunkReader } from "./chunk-events.ts";
import { formatCitations } from "./citations.ts";
import { formatFinish } from "./finish.ts";
import { isObject } from "./json.ts";
import { formatLogprobs } from "./logprobs.ts";
import { blockedFailure, inBandFailure } from "./parse-error.ts";
import { formatUsage } from "./usage.ts";

/** A list of chunks is what a stream is without `alt=sse`. */
export function parseReply(body: unknown): Answer {
  const chunks = Array.isArray(body) ? body : [body];
  const reader = chunkReader();
  const events: ReplyEvent[] = [];
  for (const chunk of chunks) {
    if (!isObject(chunk) || chunk["error"] !== undefined) throw new MalformedReply(inBandFailure(chunk));
    const blocked = blockedFailure(chunk);
    if (blocked) throw new MalformedReply(blocked);
    events.push(...reader.read(chunk));
  }
  events.push(...reader.end());
  const answer = collect(events);
  if (answer.choices.length === 0)
    throw new MalformedReply({ class: "malformed", message: "The upstream's answer holds no candidate." });
  return answer;
}

/** The client's view of an answer. A made-up id names a reply whose upstream gave none. */
export function formatReply(answer: Answer, options: WriterOptions): JsonObject {
  return {
    candidates: answer.choices.map((choice) => candidateOf(choice, answer.id)),
    usageMetadata: formatUsage(answer.usage ?? NO_USAGE),
    modelVersion: answer.model,
    responseId: answer.id === "" ? options.requestId : answer.id,
  };
}

function candidateOf({ index, message, finish, logprobs }: AnswerChoice, responseId: string): JsonObject {
  const content: readonly Part[] =
    typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
  const { parts, text, citations } = answerParts(content, responseId, index);
  return {
    content: { role: "model", parts },
    finishReason: formatFinish(finish),
    index,
    ...formatCitations(citations, text),
    ...(logprobs && logprobs.length > 0 && { logprobsResult: formatLogprobs(logprobs) }),
  };
}
