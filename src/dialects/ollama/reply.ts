/** Whole answers. */
import type { JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer, AnswerChoice } from "../../canonical/events.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { MalformedReply, type WriterOptions } from "../dialect.ts";
import { argumentsObject, isObject, textOf } from "../json-object.ts";
import { inBandFailure } from "./errors.ts";
import { formatFinish, parseFinish } from "./finish.ts";
import { formatLogprobs, parseLogprobs } from "./logprobs.ts";
import { idsFrom, messageParts } from "./message-parts.ts";
import { formatUsage, parseUsage } from "./usage.ts";

export function parseReply(body: unknown): Answer {
  const message = isObject(body) ? body["message"] : undefined;
  if (!isObject(body) || !isObject(message)) throw new MalformedReply(inBandFailure(isObject(body) ? body : {}));
  const createdAt = textOf(body["created_at"]);
  const content = messageParts(message, idsFrom(createdAt));
  const choice: AnswerChoice = {
    index: 0,
    message: { role: "assistant", content },
    finish: parseFinish(
      textOf(body["done_reason"]),
      content.some((part) => part.type === "tool-call"),
    ),
  };
  const logprobs = parseLogprobs(body["logprobs"]);
  if (logprobs.length > 0) choice.logprobs = logprobs;
  const answer: Answer = { id: "", model: textOf(body["model"]), choices: [choice] };
  const createdSeconds = secondsOf(createdAt);
  if (createdSeconds !== undefined) answer.createdSeconds = createdSeconds;
  const usage = parseUsage(body);
  if (usage) answer.usage = usage;
  return answer;
}

export function secondsOf(createdAt: string): number | undefined {
  const ms = Date.parse(createdAt);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

export function formatReply(answer: Answer, options: WriterOptions): JsonObject {
  const choice = answer.choices[0];
  const content = choice?.message.content ?? [];
  return {
    model: answer.model,
    created_at: createdAt(answer.createdSeconds ?? options.createdSeconds),
    message: formatMessage(typeof content === "string" ? [{ type: "text", text: content }] : content),
    ...(choice?.logprobs && { logprobs: formatLogprobs(choice.logprobs) }),
    done_reason: choice ? formatFinish(choice.finish) : "stop",
    done: true,
    ...formatUsage(answer.usage ?? NO_USAGE),
  };
}

/** A time that no calendar holds becomes its beginning. */
export function createdAt(seconds: number): string {
  const date = new Date(seconds * 1000);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}

function formatMessage(parts: readonly Part[]): JsonObject {
  const said = (type: "text" | "reasoning" | "refusal") =>
    parts.map((part) => (part.type === type ? part.text : "")).join("");
  const thinking = said("reasoning");
  const calls = parts.flatMap((part) =>
    part.type === "tool-call" ? [formatCall(part.id, part.name, argumentsObject(part.arguments, part.custom))] : [],
  );
  return {
    role: "assistant",
    content: said("text") + said("refusal"),
    ...(thinking !== "" && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

export function formatCall(id: string, name: string, given: JsonObject): JsonObject {
  return { id, function: { name, arguments: given } };
}
