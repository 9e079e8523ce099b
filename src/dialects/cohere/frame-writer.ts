/** Canonical events as Cohere's own: blocks and tool calls are counted apart, and finish and usage share the end. */
import type { FinishReason, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { parseObject } from "../json-object.ts";
import { sseFrame, sseFrames } from "../sse.ts";
import { formatCitation } from "./citations.ts";
import { formatFinish } from "./finish.ts";
import { formatLogprobs } from "./logprobs.ts";
import { formatUsage } from "./usage.ts";

interface Stream {
  options: WriterOptions;
  out: Uint8Array[];
  started: boolean;
  /** Wire index of each part; negative ones stand for what a resumed stream left open. */
  blocks: Map<number, number>;
  calls: Map<number, number>;
  nextBlock: number;
  nextCall: number;
  citations: number;
  /** The block that is open now. */
  open: number | undefined;
  finish: FinishReason | undefined;
  usage: Usage | undefined;
}

export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = {
    options,
    out: [],
    started: false,
    blocks: new Map(),
    calls: new Map(),
    nextBlock: 0,
    nextCall: 0,
    citations: 0,
    open: undefined,
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
      start(stream, "");
      closeBlock(stream);
      for (const index of stream.calls.values()) emit(stream, { type: "tool-call-end", index });
      const finish = formatFinish(stream.finish ?? { unified: "stop", raw: "" });
      emit(stream, {
        type: "message-end",
        delta: { finish_reason: finish, usage: formatUsage(stream.usage ?? NO_USAGE) },
      });
      stream.out.push(sseFrame("[DONE]"));
      return take();
    },
    resume(sent) {
      for (const { bytes } of sent) if (bytes) takeUp(stream, bytes);
    },
  };
}

function takeUp(stream: Stream, bytes: Uint8Array): void {
  for (const { data } of sseFrames(bytes)) {
    const event = data === undefined ? undefined : parseObject(data);
    if (!event) continue;
    stream.started = true;
    const type = String(event["type"]);
    const next = Number(event["index"] ?? -1) + 1;
    if (type.startsWith("content-")) {
      stream.nextBlock = Math.max(stream.nextBlock, next);
      stream.open = type === "content-end" ? undefined : next - 1;
    }
    if (type.startsWith("tool-call-")) {
      stream.nextCall = Math.max(stream.nextCall, next);
      if (type === "tool-call-end") stream.calls.delete(-next);
      else stream.calls.set(-next, next - 1);
    }
  }
}

function emit(stream: Stream, event: JsonObject): void {
  stream.out.push(sseFrame(JSON.stringify(event), String(event["type"])));
}

function start(stream: Stream, id: string): void {
  if (stream.started) return;
  stream.started = true;
  const message = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  emit(stream, { id: id || stream.options.requestId, type: "message-start", delta: { message } });
}

function writeEvent(stream: Stream, event: ReplyEvent): void {
  // `n` has no counterpart: only the first choice is shown.
  if (("choice" in event && event.choice !== 0) || event.type === "error") return;
  start(stream, event.type === "start" ? event.id : "");
  switch (event.type) {
    case "text":
    case "refusal":
      writeBlock(stream, event.part, { type: "text", text: "" }, { text: event.text });
      break;
    case "reasoning":
      writeBlock(stream, event.part, { type: "thinking", thinking: "" }, { thinking: event.text });
      break;
    case "tool-call":
      writeCall(stream, event);
      break;
    case "arguments": {
      const index = stream.calls.get(event.part);
      const call = { function: { arguments: event.json } };
      if (index !== undefined)
        emit(stream, { type: "tool-call-delta", index, delta: { message: { tool_calls: call } } });
      break;
    }
    case "citation": {
      const citations = formatCitation(event.citation, stream.blocks.get(event.part) ?? 0);
      const index = stream.citations++;
      emit(stream, { type: "citation-start", index, delta: { message: { citations } } });
      emit(stream, { type: "citation-end", index });
      break;
    }
    case "logprobs":
      for (const logprobs of formatLogprobs(event.tokens))
        emit(stream, { type: "content-delta", index: stream.open ?? 0, delta: { message: {} }, logprobs });
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "finish":
      stream.finish = event.reason;
      break;
    // Nothing here is signed, and answers hold texts and calls alone.
    case "start":
    case "signature":
    case "redacted-reasoning":
    case "media":
      break;
    default:
      event satisfies never;
  }
}

function writeBlock(stream: Stream, part: number, block: JsonObject, delta: JsonObject): void {
  let index = stream.blocks.get(part);
  if (index === undefined || index !== stream.open) {
    closeBlock(stream);
    index = stream.nextBlock++;
    stream.blocks.set(part, index);
    stream.open = index;
    emit(stream, { type: "content-start", index, delta: { message: { content: block } } });
  }
  emit(stream, { type: "content-delta", index, delta: { message: { content: delta } } });
}

function closeBlock(stream: Stream): void {
  if (stream.open !== undefined) emit(stream, { type: "content-end", index: stream.open });
  stream.open = undefined;
}

function writeCall(stream: Stream, { part, id, name }: Extract<ReplyEvent, { type: "tool-call" }>): void {
  closeBlock(stream);
  const index = stream.nextCall++;
  stream.calls.set(part, index);
  const call = { id, type: "function", function: { name, arguments: "" } };
  emit(stream, { type: "tool-call-start", index, delta: { message: { tool_calls: call } } });
}
