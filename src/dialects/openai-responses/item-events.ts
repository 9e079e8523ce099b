/** The output items of one stream as events: each begins, grows and ends, and is numbered with the rest. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { TokenLogprob } from "../../canonical/events.ts";
import { formatLogprobs } from "./logprobs.ts";

/** An item as it stands; `wire` is what it would be if it ended now. */
export interface OutputItem {
  wire: JsonObject;
  open: boolean;
  /** Of a message: its content part that is being written. */
  content?: JsonObject;
}

export interface ItemStream {
  /** Events written and not yet taken, each a whole frame. */
  frames: string[];
  /** Of the next event. */
  sequence: number;
  items: OutputItem[];
  /** Of the text that is being written. */
  tokens: readonly TokenLogprob[];
}

export function emit(stream: ItemStream, type: string, fields: JsonObject): void {
  const event = { type, sequence_number: stream.sequence, ...fields };
  stream.frames.push(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  stream.sequence += 1;
}

/** Where an event belongs to. */
export function placeOf({ items }: ItemStream, item: OutputItem): JsonObject {
  return { item_id: item.wire["id"]!, output_index: items.indexOf(item) };
}

/** `shown`: the item as it begins. */
export function addItem(stream: ItemStream, wire: JsonObject, shown: JsonObject): OutputItem {
  const item: OutputItem = { wire, open: true };
  stream.items.push(item);
  emit(stream, "response.output_item.added", { output_index: stream.items.length - 1, item: shown });
  return item;
}

export function closeItem(
  stream: ItemStream,
  item: OutputItem,
  status: "completed" | "incomplete" = "completed",
): void {
  if (!item.open) return;
  item.open = false;
  const { wire } = item;
  if (wire["type"] === "message") closeContent(stream, item);
  else if (wire["type"] === "reasoning") closeReasoning(stream, item);
  else closeCall(stream, item);
  if (wire["status"] !== undefined) wire["status"] = status;
  emit(stream, "response.output_item.done", { output_index: stream.items.indexOf(item), item: wire });
}

/** Ends the content part of a message that is being written. */
export function closeContent(stream: ItemStream, item: OutputItem): void {
  const { content } = item;
  if (!content) return;
  item.content = undefined;
  const place = { ...placeOf(stream, item), content_index: (item.wire["content"] as JsonObject[]).length - 1 };
  if (content["type"] === "refusal") emit(stream, "response.refusal.done", { ...place, refusal: content["refusal"]! });
  else {
    content["logprobs"] = formatLogprobs(stream.tokens);
    stream.tokens = [];
    emit(stream, "response.output_text.done", { ...place, text: content["text"]!, logprobs: content["logprobs"] });
  }
  emit(stream, "response.content_part.done", { ...place, part: content });
}

function closeReasoning(stream: ItemStream, item: OutputItem): void {
  const [summary] = item.wire["summary"] as JsonObject[];
  if (!summary) return;
  const place = { ...placeOf(stream, item), summary_index: 0 };
  emit(stream, "response.reasoning_summary_text.done", { ...place, text: summary["text"]! });
  emit(stream, "response.reasoning_summary_part.done", { ...place, part: summary });
}

function closeCall(stream: ItemStream, item: OutputItem): void {
  const { wire } = item;
  const place = placeOf(stream, item);
  if (wire["type"] === "custom_tool_call")
    emit(stream, "response.custom_tool_call_input.done", { ...place, input: wire["input"]! });
  else
    emit(stream, "response.function_call_arguments.done", {
      ...place,
      name: wire["name"]!,
      arguments: wire["arguments"]!,
    });
}
