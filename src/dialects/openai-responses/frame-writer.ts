/**
 * Writes canonical events as the event sequence of one response. Items may be open beside each other, so parallel calls
 * need not wait for one another; a text or thought ends when something else begins, what is still open ends with the
 * response.
 */
import type { Citation, FinishReason } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { formatAnnotation } from "./citations.ts";
import { type ItemWriter, itemWriter } from "./item-writer.ts";
import { itemIds, ownExtras, responseHead, responseId } from "./reply.ts";
import { readSent } from "./sent-stream.ts";
import { formatStatus } from "./status.ts";
import { formatToolUsage, formatUsage } from "./usage.ts";

type PartEvent = Extract<ReplyEvent, { part: number }>;

interface Stream {
  options: WriterOptions;
  items: ItemWriter;
  head?: ReturnType<typeof responseHead>;
  usage?: Usage;
  finish?: FinishReason;
}

export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = { options, items: itemWriter() };
  return {
    write(events) {
      for (const event of events) writeEvent(stream, event);
      return stream.items.take();
    },
    end() {
      begin(stream);
      const status = formatStatus(stream.finish ?? { unified: "stop", raw: "" });
      const complete = status["status"] === "completed";
      stream.items.closeAll(complete ? "completed" : "incomplete");
      const { usage, options: writer } = stream;
      stream.items.emit(complete ? "response.completed" : "response.incomplete", {
        response: {
          ...stream.head,
          ...status,
          output: stream.items.output(),
          usage: usage ? formatUsage(usage, writer.costUsd?.()) : null,
          ...(usage && formatToolUsage(usage)),
        },
      });
      return stream.items.take();
    },
    resume(sent) {
      const { head, sequence, items } = readSent(sent);
      if (!head) return;
      stream.head = { ...responseHead("", "", 0, options), ...head };
      stream.items.continueFrom(sequence, items, itemIds(`${head["id"]}_c`));
    },
  };
}

function writeEvent(stream: Stream, event: ReplyEvent): void {
  // There is one answer to a request here: only the first choice is shown.
  if ("choice" in event && event.choice !== 0) return;
  switch (event.type) {
    case "start":
      if (stream.head) stream.items.forgetParts();
      begin(stream, event);
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "finish":
      stream.finish = event.reason;
      break;
    case "logprobs":
      begin(stream);
      stream.items.logprobs(event.tokens);
      break;
    case "error":
      break;
    default:
      begin(stream);
      writePart(stream.items, event);
  }
}

function begin(stream: Stream, event?: Extract<ReplyEvent, { type: "start" }>): void {
  if (stream.head) return;
  const { options } = stream;
  const id = responseId(event?.id ?? "", options);
  const created = event?.createdSeconds ?? options.createdSeconds;
  stream.head = { ...responseHead(id, event?.model ?? "", created, options), ...ownExtras(event?.extra ?? {}) };
  stream.items.continueFrom(0, [], itemIds(id));
  stream.items.emit("response.created", { response: stream.head });
  stream.items.emit("response.in_progress", { response: stream.head });
}

function writePart(items: ItemWriter, event: PartEvent): void {
  switch (event.type) {
    case "text":
    case "refusal":
      items.text(event.part, event.type, event.text);
      break;
    case "reasoning":
      items.reasoning(event.part, event.text);
      break;
    case "signature":
      items.signature(event.part, event.signature);
      break;
    case "redacted-reasoning":
      items.encrypted(event.data);
      break;
    case "tool-call":
      items.call(event.part, event);
      break;
    case "arguments":
      items.arguments(event.part, event.json);
      break;
    case "citation":
      writeCitation(items, event.part, event.citation);
      break;
    case "media":
      if (event.media.type === "opaque" && event.media.dialect === "openai-responses") items.whole(event.media.raw);
      break;
    default:
      event satisfies never;
  }
}

function writeCitation(items: ItemWriter, part: number, citation: Citation): void {
  const annotation = formatAnnotation(citation);
  if (annotation) items.annotation(part, annotation);
}
