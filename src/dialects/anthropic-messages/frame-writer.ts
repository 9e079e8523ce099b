/**
 * Writes canonical events as a valid event sequence: one block open at a time, opened by the first event of its part
 * and closed by the first of another. Finish and usage come in either order from other dialects and share one
 * `message_delta`, so both are held until the end.
 *
 * Parallel tool calls may interleave elsewhere and may not here. A tool's block is closed when another part begins and
 * its input is whole JSON; while it is not, what belongs to other parts waits.
 */
import type { Citation, FinishReason, Part, Signature } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { type BlockWriter, blockWriter, type OpenBlock } from "./block-writer.ts";
import { formatCitation } from "./citations.ts";
import { formatFinish } from "./finish.ts";
import { toolCallId } from "./format-content.ts";
import { messageId, replyBlocks } from "./reply.ts";
import { readSent } from "./sent-stream.ts";
import { formatUsage } from "./usage.ts";

type PartEvent = Extract<ReplyEvent, { part: number }>;

interface Stream {
  options: WriterOptions;
  out: BlockWriter;
  started: boolean;
  /** The part that the open block shows; -1 after a resumed block, which the next part of its kind continues. */
  openPart: number | undefined;
  /** Signs the open part, which is no thinking. */
  partSignature: Signature | undefined;
  /** Events of other parts, behind an unfinished tool call. */
  waiting: PartEvent[];
  usage: Usage | undefined;
  finish: { reason: FinishReason; stopSequence?: string } | undefined;
}

const RESUMED = -1;

export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = {
    options,
    out: blockWriter(),
    started: false,
    openPart: undefined,
    partSignature: undefined,
    waiting: [],
    usage: undefined,
    finish: undefined,
  };
  return {
    write(events) {
      for (const event of events) writeEvent(stream, event);
      return stream.out.take();
    },
    end() {
      start(stream, "", "");
      closeBlock(stream);
      // Nothing finishes a cut tool call any more: its block has ended as it was, and each pass ends one more.
      while (stream.waiting.length > 0) {
        writeWaiting(stream);
        closeBlock(stream);
      }
      const { reason, stopSequence } = stream.finish ?? { reason: { unified: "stop", raw: "" } as const };
      const stopReason = formatFinish(reason, stopSequence);
      stream.out.emit("message_delta", {
        delta: {
          stop_reason: stopReason,
          stop_sequence: stopReason === "stop_sequence" ? (stopSequence ?? null) : null,
        },
        usage: formatUsage(stream.usage ?? NO_USAGE),
      });
      stream.out.emit("message_stop", {});
      return stream.out.take();
    },
    resume(sent) {
      const { started, nextIndex, open } = readSent(sent);
      stream.started = started;
      stream.out.continueAt(nextIndex, open);
      if (open) stream.openPart = RESUMED;
    },
  };
}

function writeEvent(stream: Stream, event: ReplyEvent): void {
  // `n` has no counterpart: only the first choice is shown.
  if ("choice" in event && event.choice !== 0) return;
  switch (event.type) {
    case "start":
      start(stream, event.id, event.model);
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "finish":
      stream.finish = event;
      break;
    case "logprobs":
    case "error":
      break;
    default:
      start(stream, "", "");
      writePart(stream, event);
  }
}

function start(stream: Stream, id: string, model: string): void {
  if (stream.started) return;
  stream.started = true;
  stream.out.emit("message_start", {
    message: {
      id: messageId(id, stream.options),
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: formatUsage({ ...(stream.usage ?? NO_USAGE), output: 0, reasoning: 0 }),
    },
  });
}

function writePart(stream: Stream, event: PartEvent): void {
  if (stream.openPart !== event.part && stream.out.unfinishedTool()) {
    stream.waiting.push(event);
    return;
  }
  writeNow(stream, event);
  if (stream.waiting.length > 0 && !stream.out.unfinishedTool()) writeWaiting(stream);
}

/** What has to wait behind another unfinished call queues up again, in the same order. */
function writeWaiting(stream: Stream): void {
  const { waiting } = stream;
  stream.waiting = [];
  for (const event of waiting) writePart(stream, event);
}

function writeNow(stream: Stream, event: PartEvent): void {
  const { out } = stream;
  switch (event.type) {
    case "text":
    case "refusal":
      openFor(stream, event.part, "text", { type: "text", text: "" });
      out.delta({ type: "text_delta", text: event.text });
      break;
    case "reasoning":
      openFor(stream, event.part, "thinking", { type: "thinking", thinking: "", signature: "" });
      out.delta({ type: "thinking_delta", thinking: event.text });
      break;
    case "signature":
      writeSignature(stream, event.part, event.signature);
      break;
    case "redacted-reasoning":
      writeWhole(stream, { type: "reasoning", text: "", redacted: event.data });
      break;
    case "tool-call": {
      const { id, name, custom } = event;
      closeBlock(stream);
      out.open({ type: "tool_use", id: toolCallId(id), name, input: {} }, { freeText: custom === true });
      stream.openPart = event.part;
      break;
    }
    case "arguments":
      if (stream.openPart === event.part) out.input(event.json);
      break;
    case "citation":
      writeCitation(stream, event.part, event.citation);
      break;
    case "media":
      writeWhole(stream, event.media);
      break;
    default:
      event satisfies never;
  }
}

/** Keeps the part's block open, or closes the open one and opens it. */
function openFor(
  stream: Stream,
  part: number,
  kind: OpenBlock["kind"],
  block: Parameters<BlockWriter["open"]>[0],
): void {
  const resumed = stream.openPart === RESUMED && stream.out.openKind() === kind;
  if (resumed) stream.openPart = part;
  if (stream.openPart === part && stream.out.openKind() === kind) return;
  closeBlock(stream);
  stream.out.open(block);
  stream.openPart = part;
}

/** Every thinking block carries a signature, so that its origin is known when it comes back. */
function closeBlock(stream: Stream): void {
  const { out, partSignature } = stream;
  if (out.openKind() === "thinking" && !out.signed())
    out.delta({ type: "signature_delta", signature: wrapSignature(undefined, "anthropic") });
  out.close();
  stream.openPart = undefined;
  stream.partSignature = undefined;
  if (!partSignature) return;
  out.open({ type: "thinking", thinking: "", signature: "" });
  out.delta({ type: "signature_delta", signature: wrapSignature(partSignature, "anthropic") });
  out.close();
}

/** A tool call or text has no field for a signature: it follows in a block of its own, once theirs has ended. */
function writeSignature(stream: Stream, part: number, signature: Signature): void {
  const { out } = stream;
  if (stream.openPart === part && out.openKind() !== "thinking") {
    stream.partSignature = signature;
    return;
  }
  openFor(stream, part, "thinking", { type: "thinking", thinking: "", signature: "" });
  out.delta({ type: "signature_delta", signature: wrapSignature(signature, "anthropic") });
}

function writeCitation(stream: Stream, part: number, citation: Citation): void {
  const wire = formatCitation(citation);
  if (!wire) return;
  openFor(stream, part, "text", { type: "text", text: "" });
  stream.out.delta({ type: "citations_delta", citation: wire });
}

/** Blocks that are known whole: no delta type exists for them. */
function writeWhole(stream: Stream, part: Part): void {
  closeBlock(stream);
  for (const block of replyBlocks(part)) {
    const { input } = block;
    if (input === undefined) stream.out.open(block);
    else {
      stream.out.open({ ...block, input: {} });
      stream.out.input(JSON.stringify(input));
    }
    stream.out.close();
  }
}
