/** Chat's answers and chunks in the form of the legacy endpoint. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import { sseFrames } from "../sse.ts";

export function textCompletion(answer: JsonObject, content: "message" | "delta"): JsonObject {
  const choices = (answer["choices"] as JsonObject[]).map((choice) => ({
    text: textOf(choice[content]),
    index: choice["index"] ?? 0,
    logprobs: null,
    finish_reason: choice["finish_reason"] ?? null,
  }));
  return { ...answer, object: "text_completion", choices };
}

const UTF8 = new TextEncoder();

/** Frames of chat. Chunks that only open a message say nothing to a client of this dialect. */
export function rewritten(frames: Uint8Array): Uint8Array {
  let text = "";
  for (const { data } of sseFrames(frames)) {
    if (data === undefined) continue;
    const chunk = data.startsWith("{") ? (JSON.parse(data) as JsonObject) : undefined;
    if (!chunk || !Array.isArray(chunk["choices"])) {
      text += `data: ${data}\n\n`;
      continue;
    }
    const said = textCompletion(chunk, "delta");
    const choices = said["choices"] as JsonObject[];
    const empty = choices.length > 0 && choices.every((one) => one["text"] === "" && one["finish_reason"] === null);
    if (!empty) text += `data: ${JSON.stringify(said)}\n\n`;
  }
  return UTF8.encode(text);
}

function textOf(message: Json | undefined): string {
  const content = (message as JsonObject | undefined)?.["content"];
  return typeof content === "string" ? content : "";
}
