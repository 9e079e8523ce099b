/** The stream of a response that is whole already, for whoever asks for it again: the events that it might have come as. */
import type { JsonObject } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";
import { emit, type ItemStream, type OutputItem, placeOf } from "./item-events.ts";

/** Events whose number is greater than `startingAfter`; their numbers are the same each time. */
export function replayResponse(response: JsonObject, startingAfter = -1): Uint8Array {
  const stream: ItemStream = { frames: [], sequence: 0, items: [], tokens: [] };
  const begun = { ...response, status: "in_progress", output: [], usage: null, error: null, incomplete_details: null };
  emit(stream, "response.created", { response: begun });
  emit(stream, "response.in_progress", { response: begun });
  const { output, status } = response;
  for (const wire of Array.isArray(output) ? output.filter(isObject) : []) replayItem(stream, wire);
  const end = status === "incomplete" || status === "failed" ? status : "completed";
  emit(stream, `response.${end}`, { response });
  return Buffer.from(stream.frames.slice(startingAfter + 1).join(""));
}

function replayItem(stream: ItemStream, wire: JsonObject): void {
  const item: OutputItem = { wire, open: false };
  stream.items.push(item);
  const place = { output_index: stream.items.length - 1 };
  emit(stream, "response.output_item.added", { ...place, item: atFirst(wire) });
  switch (wire["type"]) {
    case "message":
      for (const [index, part] of listOf(wire["content"]).entries()) replayContent(stream, item, index, part);
      break;
    case "reasoning":
      for (const [index, part] of listOf(wire["summary"]).entries()) replaySummary(stream, item, index, part);
      break;
    case "function_call":
    case "custom_tool_call":
      replayCall(stream, item);
      break;
    default:
  }
  emit(stream, "response.output_item.done", { ...place, item: wire });
}

/** The item as it begins: without what its deltas bring. */
function atFirst(wire: JsonObject): JsonObject {
  switch (wire["type"]) {
    case "message":
      return { ...wire, status: "in_progress", content: [] };
    case "reasoning":
      return { ...wire, summary: [] };
    case "function_call":
      return { ...wire, status: "in_progress", arguments: "" };
    case "custom_tool_call":
      return { ...wire, status: "in_progress", input: "" };
    default:
      return wire;
  }
}

function replayContent(stream: ItemStream, item: OutputItem, index: number, part: JsonObject): void {
  const place = { ...placeOf(stream, item), content_index: index };
  if (part["type"] === "refusal") {
    const refusal = textOf(part["refusal"]);
    emit(stream, "response.content_part.added", { ...place, part: { ...part, refusal: "" } });
    emit(stream, "response.refusal.delta", { ...place, delta: refusal });
    emit(stream, "response.refusal.done", { ...place, refusal });
  } else {
    const text = textOf(part["text"]);
    const logprobs = part["logprobs"] ?? [];
    emit(stream, "response.content_part.added", {
      ...place,
      part: { ...part, text: "", annotations: [], logprobs: [] },
    });
    emit(stream, "response.output_text.delta", { ...place, delta: text, logprobs });
    for (const [position, annotation] of listOf(part["annotations"]).entries())
      emit(stream, "response.output_text.annotation.added", { ...place, annotation_index: position, annotation });
    emit(stream, "response.output_text.done", { ...place, text, logprobs });
  }
  emit(stream, "response.content_part.done", { ...place, part });
}

function replaySummary(stream: ItemStream, item: OutputItem, index: number, part: JsonObject): void {
  const place = { ...placeOf(stream, item), summary_index: index };
  const text = textOf(part["text"]);
  emit(stream, "response.reasoning_summary_part.added", { ...place, part: { ...part, text: "" } });
  emit(stream, "response.reasoning_summary_text.delta", { ...place, delta: text });
  emit(stream, "response.reasoning_summary_text.done", { ...place, text });
  emit(stream, "response.reasoning_summary_part.done", { ...place, part });
}

function replayCall(stream: ItemStream, item: OutputItem): void {
  const place = placeOf(stream, item);
  const { wire } = item;
  if (wire["type"] === "custom_tool_call") {
    const input = textOf(wire["input"]);
    emit(stream, "response.custom_tool_call_input.delta", { ...place, delta: input });
    emit(stream, "response.custom_tool_call_input.done", { ...place, input });
    return;
  }
  const text = textOf(wire["arguments"]);
  emit(stream, "response.function_call_arguments.delta", { ...place, delta: text });
  emit(stream, "response.function_call_arguments.done", { ...place, name: textOf(wire["name"]), arguments: text });
}

function listOf(value: JsonObject[string] | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
