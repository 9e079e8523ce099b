import type { Json, JsonObject, Message, Part } from "../../canonical/chat.ts";
import type { Answer, AnswerChoice } from "../../canonical/events.ts";
import type { WriterOptions } from "../dialect.ts";
import { formatAnnotation } from "./annotations.ts";
import { formatFinish } from "./finish.ts";
import { formatLogprobs } from "./logprobs.ts";
import { formatMedia } from "./media.ts";
import { formatReasoning } from "./reasoning.ts";
import { formatExtras } from "./reply-extras.ts";
import { formatToolCall } from "./tool-calls.ts";
import { formatUsage } from "./usage.ts";

/** A whole answer as OpenAI writes it. Usage is always in it. */
export function formatReply(answer: Answer, options: WriterOptions): JsonObject {
  const body: JsonObject = {
    id: answer.id || replyId(options),
    object: "chat.completion",
    created: answer.createdSeconds ?? options.createdSeconds,
    model: answer.model,
    ...formatExtras(answer.extra),
    choices: answer.choices.map(formatChoice),
  };
  if (answer.usage) body["usage"] = formatUsage(answer.usage, options.costUsd?.());
  return body;
}

/** For upstreams that give none. */
export function replyId({ requestId }: WriterOptions): string {
  return `chatcmpl-${requestId}`;
}

function formatChoice({ index, message, finish, logprobs, refusalLogprobs }: AnswerChoice): JsonObject {
  const choice: JsonObject = {
    index,
    message: formatMessage(message),
    logprobs: null,
    finish_reason: formatFinish(finish),
  };
  if (logprobs || refusalLogprobs) choice["logprobs"] = formatLogprobs(logprobs ?? [], refusalLogprobs);
  return choice;
}

/** Beside these an answer needs no text. */
const WITHOUT_TEXT: ReadonlySet<Part["type"]> = new Set<Part["type"]>(["tool-call", "refusal", "audio"]);

function formatMessage({ content }: Message): JsonObject {
  const parts: Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const texts = parts.filter((part) => part.type === "text");
  const refusals = parts.filter((part) => part.type === "refusal");
  const text = texts.map((part) => part.text).join("");
  const message: JsonObject = {
    role: "assistant",
    content: text === "" && parts.some((part) => WITHOUT_TEXT.has(part.type)) ? null : text,
    refusal: refusals.length > 0 ? refusals.map((part) => part.text).join("") : null,
    ...formatReasoning(parts),
  };
  const annotations: Json[] = [];
  for (const part of texts)
    for (const citation of part.citations ?? []) {
      const annotation = formatAnnotation(citation);
      if (annotation) annotations.push(annotation);
    }
  if (annotations.length > 0) message["annotations"] = annotations;
  const calls = parts.filter((part) => part.type === "tool-call").map((part) => formatToolCall(part, false));
  if (calls.length > 0) message["tool_calls"] = calls;
  return Object.assign(message, formatMedia(parts));
}
