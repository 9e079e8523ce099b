/** Whole answers. */
import type { Json, JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer, AnswerChoice } from "../../canonical/events.ts";
import { NO_USAGE } from "../../canonical/usage.ts";
import { MalformedReply, type WriterOptions } from "../dialect.ts";
import { isObject, textOf } from "../json-object.ts";
import { formatCitation } from "./citations.ts";
import { inBandFailure } from "./errors.ts";
import { formatFinish, isFailedFinish, parseFinish } from "./finish.ts";
import { formatLogprobs, parseLogprobs } from "./logprobs.ts";
import { assistantParts } from "./parse-messages.ts";
import { formatUsage, parseUsage } from "./usage.ts";

export function parseReply(body: unknown): Answer {
  const message = isObject(body) ? body["message"] : undefined;
  if (!isObject(body) || !isObject(message)) throw new MalformedReply(inBandFailure(isObject(body) ? body : {}));
  const finish = textOf(body["finish_reason"]);
  if (isFailedFinish(finish)) throw new MalformedReply(inBandFailure(body));
  // Extra fields belong to requests.
  const parts = assistantParts(message).parts.map(({ extra: _extra, ...part }) => part as Part);
  const choice: AnswerChoice = {
    index: 0,
    message: { role: "assistant", content: parts.filter((part) => part.type !== "reasoning" || part.text !== "") },
    finish: parseFinish(finish),
  };
  if (Array.isArray(body["logprobs"])) choice.logprobs = parseLogprobs(body["logprobs"]);
  const answer: Answer = { id: textOf(body["id"]), model: "", choices: [choice] };
  const usage = parseUsage(body["usage"]);
  if (usage) answer.usage = usage;
  return answer;
}

export function formatReply(answer: Answer, { requestId }: WriterOptions): JsonObject {
  const choice = answer.choices[0];
  const body: JsonObject = {
    id: answer.id || requestId,
    message: formatMessage(choice?.message.content ?? []),
    finish_reason: choice ? formatFinish(choice.finish) : "COMPLETE",
    usage: formatUsage(answer.usage ?? NO_USAGE),
  };
  if (choice?.logprobs) body["logprobs"] = formatLogprobs(choice.logprobs);
  return body;
}

function formatMessage(content: string | Part[]): JsonObject {
  const parts: readonly Part[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
  const message: JsonObject = { role: "assistant" };
  const blocks: Json[] = [];
  const calls: Json[] = [];
  const citations: Json[] = [];
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") {
      if (part.type === "text")
        citations.push(...(part.citations ?? []).map((citation) => formatCitation(citation, blocks.length)));
      blocks.push({ type: "text", text: part.text });
    } else if (part.type === "reasoning") {
      if (part.text !== "") blocks.push({ type: "thinking", thinking: part.text });
    } else if (part.type === "tool-call") calls.push(formatCall(part));
  }
  if (blocks.length > 0) message["content"] = blocks;
  if (calls.length > 0) message["tool_calls"] = calls;
  if (citations.length > 0) message["citations"] = citations;
  return message;
}

function formatCall({ id, name, arguments: json }: Extract<Part, { type: "tool-call" }>): JsonObject {
  return { id, type: "function", function: { name, arguments: json } };
}
