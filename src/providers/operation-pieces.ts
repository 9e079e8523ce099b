/** The answer to an operation besides chat, as one piece in the client's form, or as bytes that pass as they come. */
import type { Json, JsonObject } from "../canonical/chat.ts";
import type { Piece } from "../canonical/reply.ts";
import { MalformedReply } from "../dialects/dialect.ts";
import type { PreparedOperation } from "../dialects/operations/operation.ts";
import { type SentHeaders, withoutSecrets } from "./hide-secrets.ts";
import type { ReplyPieces } from "./reply-pieces.ts";
import { BodyTooLarge, collectBody } from "./response-body.ts";
import { connectionFailure } from "./transport-failure.ts";
import { errorPiece } from "./whole-piece.ts";

/** Generated images come as base64 of some 20 MB. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

export function operationPieces(
  response: Response,
  read: NonNullable<PreparedOperation["read"]>,
  signal: AbortSignal,
  sent: SentHeaders,
): ReplyPieces {
  const reader = response.body?.getReader();
  let ended = false;
  const whole = async (): Promise<Piece> => {
    if (!reader) return errorPiece({ class: "malformed", message: "The upstream answered with an empty body." });
    try {
      return operationPiece(await collectBody(reader, [], MAX_REPLY_BYTES, "refuse"), read);
    } catch (error) {
      if (error instanceof BodyTooLarge)
        return errorPiece({ class: "malformed", message: "The upstream's answer is too large." });
      return errorPiece(connectionFailure(error, signal, { received: true }));
    }
  };
  return {
    form: () => "whole",
    pieces: {
      async next() {
        if (ended) return { done: true, value: undefined };
        ended = true;
        const value = await whole();
        return {
          done: false,
          value: value.failure ? { ...value, failure: withoutSecrets(value.failure, sent) } : value,
        };
      },
      async return() {
        if (!ended) await reader?.cancel().catch(() => {});
        ended = true;
        return { done: true, value: undefined };
      },
    },
  };
}

function operationPiece(bytes: Uint8Array, read: NonNullable<PreparedOperation["read"]>): Piece {
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch {
    return errorPiece({ class: "malformed", message: "The upstream's answer is not valid JSON." });
  }
  try {
    const answer = read((typeof json === "object" && !Array.isArray(json) ? json : null) ?? ({} as JsonObject), bytes);
    return { mark: "content", ...answer };
  } catch (error) {
    if (error instanceof MalformedReply) return errorPiece(error.failure);
    return errorPiece({ class: "malformed", message: "The upstream's answer has not the form of its API." });
  }
}
