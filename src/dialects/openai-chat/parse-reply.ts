import type { JsonObject, Part } from "../../canonical/chat.ts";
import type { Answer, AnswerChoice } from "../../canonical/events.ts";
import { MalformedReply } from "../dialect.ts";
import { parseAnnotations } from "./annotations.ts";
import { parseContentList } from "./content-list.ts";
import { inBandFailure } from "./errors.ts";
import { parseFinish } from "./finish.ts";
import { fieldsOf, isNumber, isObject, isString } from "./json.ts";
import { parseLogprobs } from "./logprobs.ts";
import { parseMediaParts } from "./media.ts";
import { parseReasoning } from "./reasoning.ts";
import { parseExtras } from "./reply-extras.ts";
import { parseToolCalls } from "./tool-calls.ts";
import { parseUsage } from "./usage.ts";

/** A whole answer. Throws MalformedReply for an error inside a 200 and for what is no answer. */
export function parseReply(body: unknown): Answer {
  if (!isObject(body)) throw new MalformedReply(inBandFailure(body));
  const { id, model, created, choices } = body;
  if (hasError(body) || !Array.isArray(choices) || choices.length === 0) throw new MalformedReply(inBandFailure(body));
  const answer: Answer = {
    id: isString(id) ? id : "",
    model: isString(model) ? model : "",
    choices: choices.map((choice, position) => parseChoice(isObject(choice) ? choice : {}, position)),
  };
  if (isNumber(created)) answer.createdSeconds = created;
  const usage = parseUsage(body["usage"]);
  if (usage) answer.usage = usage;
  const extra = parseExtras(body);
  if (extra) answer.extra = extra;
  return answer;
}

/** Some servers write `"error": null` or `{}` into every answer. */
export function hasError({ error }: JsonObject): boolean {
  return isObject(error) ? Object.keys(error).length > 0 : isString(error) && error !== "";
}

function parseChoice(wire: JsonObject, position: number): AnswerChoice {
  const { index, message, finish_reason: finish } = wire;
  const choice: AnswerChoice = {
    index: isNumber(index) ? index : position,
    message: { role: "assistant", content: parseMessageParts(isObject(message) ? message : {}) },
    finish: parseFinish(isString(finish) ? finish : ""),
  };
  const logprobs = parseLogprobs(wire["logprobs"]);
  if (logprobs && logprobs.tokens.length > 0) choice.logprobs = logprobs.tokens;
  if (logprobs?.refusal) choice.refusalLogprobs = logprobs.refusal;
  return choice;
}

function parseMessageParts(message: JsonObject): Part[] {
  const fields = fieldsOf(message);
  const parts: Part[] = parseReasoning(fields, {});
  const { content, refusal } = message;
  const text: Part[] = isString(content)
    ? content === ""
      ? []
      : [{ type: "text", text: content }]
    : parseContentList(content);
  const citations = parseAnnotations(message["annotations"]);
  const last = text.findLast((part) => part.type === "text");
  if (citations.length > 0 && last?.type === "text") last.citations = citations;
  else if (citations.length > 0) text.push({ type: "text", text: "", citations });
  parts.push(...text);
  if (isString(refusal) && refusal !== "") parts.push({ type: "refusal", text: refusal });
  for (const part of parseToolCalls(fields, {}, "choices")) parts.push(plain(part));
  parts.push(...parseMediaParts(message));
  return parts;
}

/** Of a call only what events can say: an answer is not sent back in its own spelling. */
function plain(part: Part): Part {
  if (part.type !== "tool-call") return part;
  const { extra: _, spelling: __, ...rest } = part;
  return rest;
}
