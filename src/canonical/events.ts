/**
 * A reply as a sequence of events: the canonical form of every stream, and of every whole answer through
 * `replay` / `collect`. `choice` counts alternatives (OpenAI's `n`), `part` counts the content parts of one choice in
 * order of their first appearance (text, reasoning, each tool call …), from 0.
 */
import type { Citation, FinishReason, JsonObject, Message, Part, Signature } from "./chat.ts";
import type { Failure } from "./errors.ts";
import type { Usage } from "./usage.ts";

export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes?: number[] | null;
  top?: { token: string; logprob: number; bytes?: number[] | null }[];
}

export type ReplyEvent =
  /** First event, once. `extra`: reply-level fields of the upstream's dialect (system_fingerprint, service_tier …). */
  | { type: "start"; id: string; model: string; createdSeconds?: number; extra?: JsonObject }
  | { type: "text"; choice: number; part: number; text: string }
  | { type: "reasoning"; choice: number; part: number; text: string }
  /** Signs the part it names: reasoning, a tool call or (Gemini) text. */
  | { type: "signature"; choice: number; part: number; signature: Signature }
  /** A whole block of encrypted reasoning. */
  | { type: "redacted-reasoning"; choice: number; part: number; data: Signature }
  | { type: "refusal"; choice: number; part: number; text: string }
  | { type: "tool-call"; choice: number; part: number; id: string; name: string; custom?: boolean; namespace?: string }
  | { type: "arguments"; choice: number; part: number; json: string }
  | { type: "citation"; choice: number; part: number; citation: Citation }
  /** A generated image or piece of audio, or a block only its own dialect understands. */
  | { type: "media"; choice: number; part: number; media: Part }
  | { type: "logprobs"; choice: number; tokens: TokenLogprob[]; refusal?: TokenLogprob[] }
  | { type: "usage"; usage: Usage }
  | { type: "finish"; choice: number; reason: FinishReason; stopSequence?: string }
  /** Ends the reply; never followed by anything. */
  | { type: "error"; failure: Failure };

export interface AnswerChoice {
  index: number;
  message: Message;
  finish: FinishReason;
  stopSequence?: string;
  logprobs?: TokenLogprob[];
  refusalLogprobs?: TokenLogprob[];
}

/** A whole chat answer. */
export interface Answer {
  id: string;
  model: string;
  createdSeconds?: number;
  choices: AnswerChoice[];
  usage?: Usage;
  extra?: JsonObject;
}

/** Folds events into a whole answer. An `error` event is not foldable: the caller looks for it first. */
export function collect(events: Iterable<ReplyEvent>): Answer {
  const answer: Answer = { id: "", model: "", choices: [] };
  for (const event of events) {
    switch (event.type) {
      case "start":
        answer.id = event.id;
        answer.model = event.model;
        if (event.createdSeconds !== undefined) answer.createdSeconds = event.createdSeconds;
        if (event.extra) answer.extra = event.extra;
        break;
      case "usage":
        answer.usage = event.usage;
        break;
      case "error":
        break;
      default:
        addToChoice(choiceOf(answer, event.choice), event);
    }
  }
  for (const choice of answer.choices)
    choice.message.content = (choice.message.content as (Part | undefined)[]).filter((p) => p !== undefined);
  return answer;
}

/** Unfolds a whole answer into the events of a stream: one event a part (tool calls: two), usage, then the finish. */
export function* replay(answer: Answer): Generator<ReplyEvent> {
  const start: ReplyEvent = { type: "start", id: answer.id, model: answer.model };
  if (answer.createdSeconds !== undefined) start.createdSeconds = answer.createdSeconds;
  if (answer.extra) start.extra = answer.extra;
  yield start;
  for (const { index: choice, message, finish, stopSequence, logprobs, refusalLogprobs } of answer.choices) {
    const parts: Part[] =
      typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
    for (const [part, value] of parts.entries()) yield* replayPart(choice, part, value);
    if (logprobs || refusalLogprobs) {
      yield { type: "logprobs", choice, tokens: logprobs ?? [], ...(refusalLogprobs && { refusal: refusalLogprobs }) };
    }
    yield { type: "finish", choice, reason: finish, ...(stopSequence !== undefined && { stopSequence }) };
  }
  if (answer.usage) yield { type: "usage", usage: answer.usage };
}

function* replayPart(choice: number, part: number, value: Part): Generator<ReplyEvent> {
  switch (value.type) {
    case "text":
      yield { type: "text", choice, part, text: value.text };
      for (const citation of value.citations ?? []) yield { type: "citation", choice, part, citation };
      if (value.signature) yield { type: "signature", choice, part, signature: value.signature };
      break;
    case "reasoning":
      if (value.redacted) yield { type: "redacted-reasoning", choice, part, data: value.redacted };
      else yield { type: "reasoning", choice, part, text: value.text };
      if (value.signature) yield { type: "signature", choice, part, signature: value.signature };
      break;
    case "refusal":
      yield { type: "refusal", choice, part, text: value.text };
      break;
    case "tool-call":
      yield {
        type: "tool-call",
        choice,
        part,
        id: value.id,
        name: value.name,
        ...(value.custom && { custom: true }),
        ...(value.namespace !== undefined && { namespace: value.namespace }),
      };
      if (value.arguments !== "") yield { type: "arguments", choice, part, json: value.arguments };
      if (value.signature) yield { type: "signature", choice, part, signature: value.signature };
      break;
    default:
      yield { type: "media", choice, part, media: value };
  }
}

function choiceOf(answer: Answer, index: number): AnswerChoice {
  let choice = answer.choices.find((c) => c.index === index);
  if (!choice) {
    choice = { index, message: { role: "assistant", content: [] }, finish: { unified: "other", raw: "" } };
    answer.choices.push(choice);
    answer.choices.sort((a, b) => a.index - b.index);
  }
  return choice;
}

type ChoiceEvent = Extract<ReplyEvent, { choice: number }>;

function addToChoice(choice: AnswerChoice, event: ChoiceEvent): void {
  const parts = choice.message.content as Part[];
  switch (event.type) {
    case "text":
    case "reasoning":
    case "refusal": {
      const part = parts[event.part];
      if (part?.type === event.type) part.text += event.text;
      else parts[event.part] = { type: event.type, text: event.text };
      break;
    }
    case "tool-call": {
      const { id, name, custom, namespace } = event;
      parts[event.part] = {
        type: "tool-call",
        id,
        name,
        arguments: "",
        ...(custom && { custom }),
        ...(namespace !== undefined && { namespace }),
      };
      break;
    }
    case "arguments": {
      const part = parts[event.part];
      if (part?.type === "tool-call") part.arguments += event.json;
      break;
    }
    case "signature": {
      const part = parts[event.part];
      if (part?.type === "tool-call" || part?.type === "reasoning" || part?.type === "text")
        part.signature = event.signature;
      else if (!part) parts[event.part] = { type: "reasoning", text: "", signature: event.signature };
      break;
    }
    case "redacted-reasoning":
      parts[event.part] = { type: "reasoning", text: "", redacted: event.data };
      break;
    case "citation": {
      const part = parts[event.part];
      if (part?.type === "text") part.citations = [...(part.citations ?? []), event.citation];
      else if (!part) parts[event.part] = { type: "text", text: "", citations: [event.citation] };
      break;
    }
    case "media":
      parts[event.part] = event.media;
      break;
    case "logprobs":
      if (event.tokens.length > 0) choice.logprobs = [...(choice.logprobs ?? []), ...event.tokens];
      if (event.refusal) choice.refusalLogprobs = [...(choice.refusalLogprobs ?? []), ...event.refusal];
      break;
    case "finish":
      choice.finish = event.reason;
      if (event.stopSequence !== undefined) choice.stopSequence = event.stopSequence;
      break;
    default:
      event satisfies never;
  }
}
