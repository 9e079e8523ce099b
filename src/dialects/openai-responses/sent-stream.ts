/** What a client has of a stream that was cut: the response, its items as far as they came, and the numbering. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Piece } from "../../canonical/reply.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import { sseFrames } from "../sse.ts";
import type { OutputItem } from "./item-events.ts";

export interface Sent {
  /** Absent when nothing of the response was sent. */
  head?: JsonObject;
  /** Number of the next event. */
  sequence: number;
  items: OutputItem[];
}

export function readSent(pieces: readonly Piece[]): Sent {
  const sent: Sent = { sequence: 0, items: [] };
  for (const { bytes } of pieces)
    if (bytes)
      for (const { data } of sseFrames(bytes)) {
        const event = data === undefined ? undefined : parseObject(data);
        if (event) readEvent(sent, event);
      }
  return sent;
}

function readEvent(sent: Sent, event: JsonObject): void {
  const { type, response, sequence_number: number, delta } = event;
  if (typeof number === "number") sent.sequence = number + 1;
  if (isObject(response)) sent.head ??= response;
  const index = Number(event["output_index"] ?? 0);
  const item = sent.items[index];
  if (type === "response.output_item.added" && isObject(event["item"])) {
    // What was in progress ends well once the answer has gone on; the writer says otherwise where it does not.
    const wire = { ...event["item"] };
    if (wire["status"] === "in_progress") wire["status"] = "completed";
    if (wire["type"] === "message") wire["content"] = [];
    if (wire["type"] === "reasoning") wire["summary"] = [];
    sent.items[index] = { wire, open: true };
  } else if (!item) return;
  else if (type === "response.output_item.done" && isObject(event["item"]))
    sent.items[index] = { wire: event["item"], open: false };
  else if (type === "response.content_part.added" && isObject(event["part"])) {
    item.content = { ...event["part"] };
    (item.wire["content"] as JsonObject[]).push(item.content);
  } else if (type === "response.content_part.done") item.content = undefined;
  else if (typeof delta === "string") grow(item, textOf(type), delta);
}

function grow(item: OutputItem, type: string, delta: string): void {
  if (type === "response.output_text.delta") append(item.content, "text", delta);
  else if (type === "response.refusal.delta") append(item.content, "refusal", delta);
  else if (type === "response.function_call_arguments.delta") append(item.wire, "arguments", delta);
  else if (type === "response.custom_tool_call_input.delta") append(item.wire, "input", delta);
  else if (type === "response.reasoning_summary_text.delta") {
    const summaries = item.wire["summary"] as JsonObject[];
    if (summaries.length === 0) summaries.push({ type: "summary_text", text: "" });
    append(summaries.at(-1), "text", delta);
  }
}

function append(object: JsonObject | undefined, key: string, delta: string): void {
  if (object) object[key] = textOf(object[key]) + delta;
}
