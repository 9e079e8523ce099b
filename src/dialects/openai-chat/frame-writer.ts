import type { Json, JsonObject, ReasoningPart } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { formatAnnotation } from "./annotations.ts";
import { eventReader } from "./event-reader.ts";
import { formatFinish } from "./finish.ts";
import { replyId } from "./format-reply.ts";
import { formatLogprobs } from "./logprobs.ts";
import { formatMedia } from "./media.ts";
import { formatDetail } from "./reasoning.ts";
import { formatExtras } from "./reply-extras.ts";
import { formatToolCall } from "./tool-calls.ts";
import { formatUsage } from "./usage.ts";

interface Head {
  id: string;
  created: number;
  model: string;
  extra: JsonObject;
}

/** One choice as far as it has been written. */
interface Written {
  /** Tool index of a part of the present upstream's answer. */
  tools: Map<number, { index: number; custom: boolean }>;
  toolCount: number;
  /** Text of each reasoning part: a signature is told together with all that it signs. */
  reasoning: Map<number, string>;
}

type ChoiceEvent = Extract<ReplyEvent, { choice: number }>;

/** Chunks from events. Usage waits for the end, where OpenAI's clients look for it. */
export function frameWriter(options: WriterOptions): FrameWriter {
  let head: Head | undefined;
  let usage: Usage | undefined;
  const choices = new Map<number, Written>();

  const chunk = (fields: JsonObject): string => {
    const { id, created, model, extra } = head!;
    const object = "chat.completion.chunk";
    return `data: ${JSON.stringify({ id, object, created, model, ...extra, ...fields })}\n\n`;
  };
  const choiceChunk = (index: number, delta: JsonObject, finish: string | null = null, logprobs?: Json): string =>
    chunk({ choices: [{ index, delta, ...(logprobs !== undefined && { logprobs }), finish_reason: finish }] });

  const begin = (event?: Extract<ReplyEvent, { type: "start" }>): void => {
    // A second start is another upstream that goes on with the same answer; its parts are counted anew.
    for (const written of choices.values()) written.tools.clear();
    head ??= {
      id: event?.id || replyId(options),
      created: event?.createdSeconds ?? options.createdSeconds,
      model: event?.model ?? "",
      extra: formatExtras(event?.extra),
    };
  };
  const opened = (index: number): { written: Written; role: string } => {
    let written = choices.get(index);
    if (written) return { written, role: "" };
    written = { tools: new Map(), toolCount: 0, reasoning: new Map() };
    choices.set(index, written);
    return { written, role: choiceChunk(index, { role: "assistant", content: "" }) };
  };

  const writeEvent = (event: ReplyEvent): string => {
    if (event.type === "error") return "";
    if (event.type === "start") {
      begin(event);
      return opened(0).role;
    }
    if (!head) begin();
    if (event.type === "usage") {
      usage = event.usage;
      return "";
    }
    const { written, role } = opened(event.choice);
    if (event.type === "finish") return role + choiceChunk(event.choice, {}, formatFinish(event.reason));
    if (event.type === "logprobs")
      return role + choiceChunk(event.choice, {}, null, formatLogprobs(event.tokens, event.refusal));
    const delta = deltaFor(event, written);
    return delta ? role + choiceChunk(event.choice, delta) : role;
  };

  const writeAll = (events: readonly ReplyEvent[]): string => {
    let text = "";
    for (const event of events) text += writeEvent(event);
    return text;
  };

  return {
    write: (events) => Buffer.from(writeAll(events)),
    end() {
      const counted = usage && options.includeUsage && head ? formatUsage(usage, options.costUsd?.()) : undefined;
      return Buffer.from(`${counted ? chunk({ choices: [], usage: counted }) : ""}data: [DONE]\n\n`);
    },
    resume(sent: readonly Piece[]) {
      const read = eventReader();
      for (const piece of sent) writeAll(read(piece));
    },
  };
}

function deltaFor(
  event: Exclude<ChoiceEvent, { type: "finish" | "logprobs" }>,
  written: Written,
): JsonObject | undefined {
  switch (event.type) {
    case "text":
      return { content: event.text };
    case "refusal":
      return { refusal: event.text };
    case "reasoning":
      written.reasoning.set(event.part, (written.reasoning.get(event.part) ?? "") + event.text);
      return { reasoning_content: event.text };
    case "redacted-reasoning":
      return { reasoning_details: [formatDetail({ type: "reasoning", text: "", redacted: event.data })] };
    case "signature":
      return signatureDelta(event, written);
    case "tool-call": {
      const custom = event.custom === true;
      const index = written.toolCount++;
      written.tools.set(event.part, { index, custom });
      const { id, name } = event;
      return {
        tool_calls: [{ index, ...formatToolCall({ type: "tool-call", id, name, arguments: "", custom }, false) }],
      };
    }
    case "arguments": {
      const call = written.tools.get(event.part);
      if (!call) return undefined;
      const inner: JsonObject = call.custom
        ? { custom: { input: event.json } }
        : { function: { arguments: event.json } };
      return { tool_calls: [{ index: call.index, ...inner }] };
    }
    case "citation": {
      const annotation = formatAnnotation(event.citation);
      return annotation && { annotations: [annotation] };
    }
    case "media": {
      const media = formatMedia([event.media]);
      return Object.keys(media).length > 0 ? media : undefined;
    }
    default:
      return event satisfies never;
  }
}

/** A signature on plain text (Gemini) has no place in this dialect; losing it costs nothing but a little quality. */
function signatureDelta(
  { part, signature }: Extract<ChoiceEvent, { type: "signature" }>,
  written: Written,
): JsonObject | undefined {
  const call = written.tools.get(part);
  if (call && signature.origin !== "gemini") return undefined;
  if (call)
    return { tool_calls: [{ index: call.index, extra_content: { google: { thought_signature: signature.value } } }] };
  const text = written.reasoning.get(part);
  if (text === undefined && signature.origin === "gemini") return undefined;
  const signed: ReasoningPart = { type: "reasoning", text: text ?? "", signature };
  return { reasoning_details: [formatDetail(signed)] };
}
