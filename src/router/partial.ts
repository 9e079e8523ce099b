/** What a cut stream has given so far, and whether it may be continued elsewhere (FIELD-NOTES §4). */
import type { ChatRequest } from "../canonical/chat.ts";
import type { Piece, Reply } from "../canonical/reply.ts";

export interface Partial {
  text: string;
  /** Index of the text part that goes on. */
  part: number;
}

/** Of legacy completions: what is written then is not simply what follows the prompt. */
const LEGACY_FIELDS = ["suffix", "echo", "logprobs"];

/** Eligible: plain text so far, one choice, nothing finished. Otherwise the reason, for explain. */
export function partialOf(
  pieces: readonly Piece[],
  reply: Pick<Reply, "reader">,
  request: ChatRequest,
): Partial | string {
  if ((request.n ?? 1) > 1) return "more than one choice was asked for";
  if (request.responseFormat && request.responseFormat.type !== "text") return "structured output cannot be joined";
  if (request.logprobs) return "logprobs cannot be joined";
  if (LEGACY_FIELDS.some((name) => request.extra?.[name] != null))
    return "a filled-in or repeated text cannot be joined";
  if (request.audio || request.modalities?.some((modality) => modality !== "text")) return "audio cannot be joined";
  const read = reply.reader();
  let text = "";
  let part: number | undefined;
  for (const piece of pieces) {
    for (const event of read(piece)) {
      switch (event.type) {
        case "text":
          if (part !== undefined && part !== event.part) return "the answer had more than one part";
          part = event.part;
          text += event.text;
          break;
        case "start":
        case "usage":
          break;
        default:
          return `the answer had begun ${event.type}`;
      }
    }
  }
  if (part === undefined || text.trim() === "") return "no text had arrived";
  return { text, part };
}
