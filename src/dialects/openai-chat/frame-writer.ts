import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { deltaFor, type WrittenChoice } from "./deltas.ts";
import { eventReader } from "./event-reader.ts";
import { formatFinish } from "./finish.ts";
import { replyId } from "./format-reply.ts";
import { CHUNK_OBJECT } from "./frame-repair.ts";
import { formatLogprobs } from "./logprobs.ts";
import { formatExtras } from "./reply-extras.ts";
import { formatUsage } from "./usage.ts";

/** Chunks from events. Usage waits for the end, where OpenAI's clients look for it. */
export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = { options, choices: new Map() };
  return {
    write: (events) => Buffer.from(writeAll(stream, events)),
    end() {
      const { usage, head } = stream;
      const counted = usage && options.includeUsage && head ? formatUsage(usage, options.costUsd?.()) : undefined;
      return Buffer.from(`${counted ? chunk(stream, { choices: [], usage: counted }) : ""}data: [DONE]\n\n`);
    },
    resume(sent) {
      const read = eventReader();
      for (const piece of sent) writeAll(stream, read(piece));
    },
  };
}

interface Stream {
  options: WriterOptions;
  /** Fields that all chunks share; set by the first event. */
  head?: { id: string; object: string; created: number; model: string; extra: JsonObject };
  usage?: Usage;
  choices: Map<number, WrittenChoice>;
}

function writeAll(stream: Stream, events: readonly ReplyEvent[]): string {
  let text = "";
  for (const event of events) text += writeEvent(stream, event);
  return text;
}

function writeEvent(stream: Stream, event: ReplyEvent): string {
  if (event.type === "error") return "";
  if (event.type === "start") {
    begin(stream, event);
    return opening(stream, 0);
  }
  if (!stream.head) begin(stream);
  if (event.type === "usage") {
    stream.usage = event.usage;
    return "";
  }
  const { choice } = event;
  const role = opening(stream, choice);
  if (event.type === "finish") return role + choiceChunk(stream, choice, {}, formatFinish(event.reason));
  if (event.type === "logprobs")
    return role + choiceChunk(stream, choice, {}, null, formatLogprobs(event.tokens, event.refusal));
  const delta = deltaFor(event, stream.choices.get(choice)!);
  return delta ? role + choiceChunk(stream, choice, delta) : role;
}

/** A second start is another upstream that goes on with the same answer: the identity stays, parts are counted anew. */
function begin(stream: Stream, event?: Extract<ReplyEvent, { type: "start" }>): void {
  for (const written of stream.choices.values()) written.tools.clear();
  stream.head ??= {
    id: event?.id || replyId(stream.options),
    object: CHUNK_OBJECT,
    created: event?.createdSeconds ?? stream.options.createdSeconds,
    model: event?.model ?? "",
    extra: formatExtras(event?.extra),
  };
}

/** The role chunk that opens a choice, once. */
function opening(stream: Stream, choice: number): string {
  if (stream.choices.has(choice)) return "";
  stream.choices.set(choice, { tools: new Map(), toolCount: 0, reasoning: new Map() });
  return choiceChunk(stream, choice, { role: "assistant", content: "" });
}

function choiceChunk(
  stream: Stream,
  index: number,
  delta: JsonObject,
  finish: string | null = null,
  logprobs?: Json,
): string {
  return chunk(stream, {
    choices: [{ index, delta, ...(logprobs !== undefined && { logprobs }), finish_reason: finish }],
  });
}

function chunk(stream: Stream, fields: JsonObject): string {
  const { extra, ...head } = stream.head!;
  return `data: ${JSON.stringify({ ...head, ...extra, ...fields })}\n\n`;
}
