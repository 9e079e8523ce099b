/** Stream frames of the wire, written short. */
import type { JsonObject } from "../../../src/canonical/chat.ts";

export function frame(type: string, fields: JsonObject = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

export const START = frame("message_start", {
  message: {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "m",
    content: [],
    usage: { input_tokens: 7, output_tokens: 1 },
  },
});
export const PING = frame("ping");
export const STOP = frame("message_stop");

export function open(block: JsonObject, index = 0): string {
  return frame("content_block_start", { index, content_block: block });
}

export function delta(fields: JsonObject, index = 0): string {
  return frame("content_block_delta", { index, delta: fields });
}

export function close(index = 0): string {
  return frame("content_block_stop", { index });
}

export const OPEN_TEXT = open({ type: "text", text: "" });

export function said(text: string, index = 0): string {
  return delta({ type: "text_delta", text }, index);
}

export function finish(reason: string, usage: JsonObject = { output_tokens: 9 }): string {
  return frame("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage });
}
