/**
 * What may be served for a question that is only like the stored one. The exact cache has weaker rules: there the whole
 * request is the same. Reasons are short, stable texts: explain shows them and metrics count them.
 */
import type { ChatRequest, Part } from "../canonical/chat.ts";
import type { Answer } from "../canonical/events.ts";
import { MAX_PIECES } from "./embedding/limits.ts";
import { isTimeBound } from "./time-bound.ts";

/** Longer texts have more word pieces than the model sees, whatever is in them. */
const MAX_CHARACTERS = 4_000;
/** The most random setting at which a stored answer is as good as a new one. */
const DEFAULT_MAX_TEMPERATURE = 1;

export type Eligibility = { eligible: true; text: string } | { eligible: false; reason: string };

export interface EligibilityOptions {
  /** 0 to 2; 1 by default. An absent temperature is always cacheable. */
  maxTemperature?: number;
}

/** Whether the answer to this call may come from, or go into, the semantic cache; `text` is what gets compared. */
export function eligibleRequest(request: ChatRequest, options: EligibilityOptions = {}): Eligibility {
  const { maxTemperature = DEFAULT_MAX_TEMPERATURE } = options;
  const no = (reason: string): Eligibility => ({ eligible: false, reason });
  if (request.tools?.length || request.messages.some(usesTools)) return no("tools");
  if ((request.n ?? 1) > 1) return no("more than one choice");
  if ((request.temperature ?? 0) > maxTemperature) return no("temperature above the limit");
  if (request.logprobs || request.prediction !== undefined) return no("logprobs or prediction");
  if (request.audio || request.modalities?.some((kind) => kind !== "text")) return no("output other than text");
  const last = request.messages.at(-1);
  if (last?.role !== "user") return no("last turn is not a user's");
  const parts: Part[] = typeof last.content === "string" ? [{ type: "text", text: last.content }] : last.content;
  if (parts.some((part) => part.type !== "text")) return no("media in the last turn");
  const [only, ...others] = parts;
  if (only?.type !== "text" || others.length > 0) return no("last turn is not one text");
  const text = only.text.trim();
  if (text === "") return no("no text");
  if (text.length > MAX_CHARACTERS) return no("too long");
  if (isTimeBound(text)) return no("time-bound wording");
  return { eligible: true, text };
}

/** Why a text is too long for its vector to stand for all of it, once its word pieces are counted. */
export function eligibleLength(pieces: number): Eligibility["eligible"] {
  return pieces <= MAX_PIECES;
}

/** Whether an answer may be stored in the exact cache: whole, and ended by the model's own will. */
export function storableAnswer(answer: Answer): { storable: boolean; reason?: string } {
  if (answer.choices.length === 0) return { storable: false, reason: "no answer" };
  const finishes = answer.choices.map((choice) => choice.finish.unified);
  const odd = finishes.find((finish) => finish !== "stop" && finish !== "tool-calls");
  return odd ? { storable: false, reason: `finish ${odd}` } : { storable: true };
}

/** Whether an answer may also be served for other wordings of its question. `warnings`: fields that were not honoured. */
export function sharableAnswer(answer: Answer, warnings: readonly string[]): { storable: boolean; reason?: string } {
  const no = (reason: string) => ({ storable: false, reason });
  if (answer.choices.length !== 1) return no("more than one choice");
  const [{ message, finish }] = answer.choices as [Answer["choices"][number]];
  if (finish.unified !== "stop") return no(`finish ${finish.unified}`);
  if (warnings.length > 0) return no("warnings");
  const parts =
    typeof message.content === "string" ? [{ type: "text", text: message.content } as Part] : message.content;
  if (parts.some((part) => part.type === "tool-call" || part.type === "tool-result")) return no("tools");
  if (parts.some((part) => part.type !== "text" && part.type !== "reasoning")) return no("output other than text");
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  return text.trim() === "" ? no("no text") : { storable: true };
}

function usesTools({ role, content }: ChatRequest["messages"][number]): boolean {
  if (role === "tool") return true;
  return (
    typeof content !== "string" &&
    content.some(({ type }) => type === "tool-call" || type === "tool-result" || type === "opaque")
  );
}
