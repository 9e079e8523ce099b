/**
 * Canonical events as messages of the binary stream. Every delta names its block, so that parallel tool calls may
 * interleave as they came; blocks are closed together, before the stop reason.
 */
import type { FinishReason, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameWriter } from "../dialect.ts";
import { eventStreamMessage, eventStreamSplitter } from "../event-stream.ts";
import { wrapSignature } from "../foreign-signature.ts";
import { parseObject } from "../json-object.ts";
import { formatCitation } from "./citations.ts";
import { formatFinish } from "./finish.ts";
import { formatUsage } from "./usage.ts";

interface Stream {
  out: Uint8Array[];
  started: boolean;
  nextIndex: number;
  /** Block of each part; `freeText` gathers the input of a tool that takes text. */
  blocks: Map<number, { index: number; freeText?: string }>;
  /** Blocks that a resumed stream left open. */
  leftOpen: Set<number>;
  finish: FinishReason | undefined;
  usage: Usage | undefined;
}

export function frameWriter(): FrameWriter {
  const stream: Stream = {
    out: [],
    started: false,
    nextIndex: 0,
    blocks: new Map(),
    leftOpen: new Set(),
    finish: undefined,
    usage: undefined,
  };
  const take = () => {
    const bytes = Buffer.concat(stream.out);
    stream.out = [];
    return bytes;
  };
  return {
    write(events) {
      for (const event of events) writeEvent(stream, event);
      return take();
    },
    end() {
      start(stream);
      closeBlocks(stream);
      emit(stream, "messageStop", { stopReason: formatFinish(stream.finish ?? { unified: "stop", raw: "" }) });
      if (stream.usage) emit(stream, "metadata", { usage: formatUsage(stream.usage) });
      return take();
    },
    resume(sent) {
      for (const { bytes } of sent) if (bytes) takeUp(stream, bytes);
    },
  };
}

function takeUp(stream: Stream, bytes: Uint8Array): void {
  for (const { headers, payload } of eventStreamSplitter().push(bytes)) {
    stream.started = true;
    const index = parseObject(new TextDecoder().decode(payload))?.["contentBlockIndex"];
    if (typeof index !== "number") continue;
    stream.nextIndex = Math.max(stream.nextIndex, index + 1);
    if (headers[":event-type"] === "contentBlockStop") stream.leftOpen.delete(index);
    else stream.leftOpen.add(index);
  }
}

function emit(stream: Stream, type: string, payload: JsonObject): void {
  const headers = { ":event-type": type, ":content-type": "application/json", ":message-type": "event" };
  stream.out.push(eventStreamMessage(headers, JSON.stringify(payload)));
}

function start(stream: Stream): void {
  if (!stream.started) emit(stream, "messageStart", { role: "assistant" });
  stream.started = true;
}

/** `n` has no counterpart: only the first choice is shown. */
function writeEvent(stream: Stream, event: ReplyEvent): void {
  if ("choice" in event && event.choice !== 0) return;
  if (event.type === "error") return;
  start(stream);
  switch (event.type) {
    case "start":
    case "logprobs":
    // No form in a stream: generated media, and blocks of other dialects.
    case "media":
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "finish":
      stream.finish = event.reason;
      break;
    case "tool-call":
      writeToolCall(stream, event);
      break;
    case "arguments": {
      const block = stream.blocks.get(event.part);
      if (block?.freeText !== undefined) block.freeText += event.json;
      else delta(stream, event.part, { toolUse: { input: event.json } });
      break;
    }
    case "text":
    case "refusal":
      delta(stream, event.part, { text: event.text });
      break;
    case "reasoning":
      delta(stream, event.part, { reasoningContent: { text: event.text } });
      break;
    case "signature":
      writeSignature(stream, event);
      break;
    case "redacted-reasoning":
      delta(stream, event.part, { reasoningContent: { redactedContent: wrapSignature(event.data, "bedrock") } });
      break;
    case "citation": {
      const citation = formatCitation(event.citation);
      if (citation) delta(stream, event.part, { citation });
      break;
    }
    default:
      event satisfies never;
  }
}

function blockOf(stream: Stream, part: number): { index: number; freeText?: string } {
  for (const index of stream.leftOpen) emit(stream, "contentBlockStop", { contentBlockIndex: index });
  stream.leftOpen.clear();
  let block = stream.blocks.get(part);
  if (!block) {
    block = { index: stream.nextIndex++ };
    stream.blocks.set(part, block);
  }
  return block;
}

function delta(stream: Stream, part: number, value: JsonObject): void {
  const { index } = blockOf(stream, part);
  emit(stream, "contentBlockDelta", { contentBlockIndex: index, delta: value });
}

function writeToolCall(stream: Stream, event: Extract<ReplyEvent, { type: "tool-call" }>): void {
  const block = blockOf(stream, event.part);
  if (event.custom) block.freeText = "";
  const toolUse = { toolUseId: event.id, name: event.name };
  emit(stream, "contentBlockStart", { contentBlockIndex: block.index, start: { toolUse } });
}

/** Texts and tool calls, which Gemini signs, have no place for it. */
function writeSignature(stream: Stream, { part, signature }: Extract<ReplyEvent, { type: "signature" }>): void {
  if (signature.origin !== "gemini")
    delta(stream, part, { reasoningContent: { signature: wrapSignature(signature, "bedrock") } });
}

function closeBlocks(stream: Stream): void {
  for (const { index, freeText } of stream.blocks.values()) {
    if (freeText !== undefined)
      emit(stream, "contentBlockDelta", {
        contentBlockIndex: index,
        delta: { toolUse: { input: JSON.stringify({ input: freeText }) } },
      });
    emit(stream, "contentBlockStop", { contentBlockIndex: index });
  }
  for (const index of stream.leftOpen) emit(stream, "contentBlockStop", { contentBlockIndex: index });
  stream.blocks.clear();
  stream.leftOpen.clear();
}
