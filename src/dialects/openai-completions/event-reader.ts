/** The legacy endpoint's answers and chunks as chat's, whose readers then make events of them. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { EventReader } from "../../canonical/reply.ts";
import { isObject } from "../json-object.ts";
import { parseChunk } from "../openai-chat/chunk.ts";
import { openaiChat } from "../openai-chat/openai-chat.ts";
import { sseFrame, sseFrames } from "../sse.ts";

export function eventReader(): EventReader {
  const read = openaiChat.eventReader();
  return (piece) => (piece.events || !piece.bytes ? read(piece) : read({ ...piece, bytes: asChatFrames(piece.bytes) }));
}

/** Of a whole answer; what is none stays as it is. */
export function asChatAnswer(body: unknown): unknown {
  return isObject(body) ? withChoices(body, "message") : body;
}

function asChatFrames(frames: Uint8Array): Uint8Array {
  return Buffer.concat(
    sseFrames(frames).flatMap(({ data, event }) => {
      if (data === undefined) return [];
      const chunk = parseChunk(data);
      return [sseFrame(chunk ? JSON.stringify(withChoices(chunk, "delta")) : data, event)];
    }),
  );
}

/** Log probabilities have a form of their own here; whoever wants them gets the bytes. */
function withChoices(answer: JsonObject, content: "message" | "delta"): JsonObject {
  const { choices } = answer;
  if (!Array.isArray(choices)) return answer;
  const written = choices.filter(isObject).map(({ text, logprobs: _, ...choice }) => ({
    ...choice,
    [content]: { role: "assistant", content: typeof text === "string" ? text : "" },
  }));
  return { ...answer, choices: written };
}
