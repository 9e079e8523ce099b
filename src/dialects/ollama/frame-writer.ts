/** Canonical events as lines. Arguments are objects here, so calls wait until theirs are whole, which is at the end. */
import type { FinishReason, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { argumentsObject, parseObject, textOf } from "../json-object.ts";
import { formatFinish } from "./finish.ts";
import { formatLogprobs } from "./logprobs.ts";
import { createdAt, formatCall } from "./reply.ts";
import { formatUsage } from "./usage.ts";

interface Stream {
  lines: string;
  head: { model: string; created_at: string };
  started: boolean;
  calls: Map<number, { id: string; name: string; json: string; custom: boolean }>;
  finish: FinishReason | undefined;
  usage: Usage | undefined;
}

export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = {
    lines: "",
    head: { model: "", created_at: createdAt(options.createdSeconds) },
    started: false,
    calls: new Map(),
    finish: undefined,
    usage: undefined,
  };
  const take = () => {
    const bytes = Buffer.from(stream.lines);
    stream.lines = "";
    return bytes;
  };
  return {
    write(events) {
      for (const event of events) writeEvent(stream, event);
      return take();
    },
    end() {
      const calls = [...stream.calls.values()].map(({ id, name, json, custom }) =>
        formatCall(id, name, argumentsObject(json, custom)),
      );
      if (calls.length > 0) writeLine(stream, { content: "", tool_calls: calls });
      const reason = stream.finish ?? ({ unified: "stop", raw: "" } as const);
      const counts = stream.usage ? formatUsage(stream.usage) : {};
      writeLine(stream, { content: "" }, { done_reason: formatFinish(reason), done: true, ...counts });
      return take();
    },
    resume(sent) {
      const first = sent.find(({ bytes }) => bytes !== undefined)?.bytes;
      const line = first && parseObject(Buffer.from(first).toString().split("\n")[0]!);
      if (!line) return;
      stream.started = true;
      stream.head = { model: textOf(line["model"]), created_at: textOf(line["created_at"]) };
    },
  };
}

function writeLine(stream: Stream, message: JsonObject, fields: JsonObject = { done: false }): void {
  stream.started = true;
  const line = { ...stream.head, message: { role: "assistant", ...message }, ...fields };
  stream.lines += `${JSON.stringify(line)}\n`;
}

function writeEvent(stream: Stream, event: ReplyEvent): void {
  // `n` has no counterpart: only the first choice is shown.
  if ("choice" in event && event.choice !== 0) return;
  switch (event.type) {
    case "start":
      if (stream.started) break;
      stream.head = {
        model: event.model,
        created_at: event.createdSeconds === undefined ? stream.head.created_at : createdAt(event.createdSeconds),
      };
      break;
    case "text":
    case "refusal":
      writeLine(stream, { content: event.text });
      break;
    case "reasoning":
      writeLine(stream, { content: "", thinking: event.text });
      break;
    case "tool-call":
      stream.calls.set(event.part, { id: event.id, name: event.name, json: "", custom: event.custom === true });
      break;
    case "arguments": {
      const call = stream.calls.get(event.part);
      if (call) call.json += event.json;
      break;
    }
    case "logprobs":
      writeLine(stream, { content: "" }, { logprobs: formatLogprobs(event.tokens), done: false });
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "finish":
      stream.finish = event.reason;
      break;
    // Nothing here is signed or cited, and answers hold texts and calls alone.
    case "signature":
    case "redacted-reasoning":
    case "citation":
    case "media":
    case "error":
      break;
    default:
      event satisfies never;
  }
}
