/** Answers that pass as they come: sound, transcripts in any form. A clean end is all that tells a whole one. */
import type { Piece } from "../canonical/reply.ts";
import type { ReplyPieces } from "./reply-pieces.ts";
import { connectionFailure } from "./transport-failure.ts";
import { errorPiece } from "./whole-piece.ts";

const DEFAULT_TYPE = "application/octet-stream";
const DONE = { done: true, value: undefined } as const;

export function rawPieces(response: Response, signal: AbortSignal): ReplyPieces {
  const contentType = response.headers.get("content-type") ?? DEFAULT_TYPE;
  const reader = response.body?.getReader();
  let received = false;
  let ended = false;
  const pull = async (): Promise<Piece | undefined> => {
    if (/^text\/html\b/i.test(contentType)) {
      await reader?.cancel().catch(() => {});
      return errorPiece({
        class: "malformed",
        message: "The upstream answered with an HTML page instead of an answer.",
      });
    }
    for (;;) {
      const result = await reader?.read();
      if (!result || result.done) {
        ended = true;
        const empty = { class: "malformed", message: "The upstream answered with an empty body." } as const;
        return received ? undefined : errorPiece(empty);
      }
      if (result.value.byteLength === 0) continue;
      const piece: Piece = { mark: "content", bytes: result.value, ...(!received && { contentType }) };
      received = true;
      return piece;
    }
  };
  return {
    form: () => "whole",
    pieces: {
      async next() {
        if (ended) return DONE;
        const value = await pull().catch((error: unknown) =>
          errorPiece(connectionFailure(error, signal, { received })),
        );
        if (value?.failure) ended = true;
        return value ? { done: false, value } : DONE;
      },
      async return() {
        if (!ended) await reader?.cancel().catch(() => {});
        ended = true;
        return DONE;
      },
    },
  };
}
