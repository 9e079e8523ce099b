import type { Failure } from "../canonical/errors.ts";
import { replay } from "../canonical/events.ts";
import type { Piece } from "../canonical/reply.ts";
import { type Dialect, MalformedReply } from "../dialects/dialect.ts";

/** A whole answer as one piece; what is none becomes an error piece. `events` are made when asked for. */
export function wholePiece(bytes: Uint8Array, dialect: Dialect): Piece {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return errorPiece({ class: "malformed", message: "The upstream's answer is not valid JSON." });
  }
  try {
    const answer = dialect.parseReply(json);
    const piece: Piece = { mark: "content", bytes, finish: answer.choices[0]?.finish };
    if (answer.usage) piece.usage = answer.usage;
    // Same-dialect replies never look at them.
    let events: Piece["events"];
    const get = () => {
      events ??= [...replay(answer)];
      return events;
    };
    return Object.defineProperty(piece, "events", { enumerable: true, get });
  } catch (error) {
    if (error instanceof MalformedReply) return errorPiece(error.failure);
    return errorPiece({ class: "malformed", message: "The upstream's answer has not the form of its API." });
  }
}

export function errorPiece(failure: Failure): Piece {
  return { mark: "error", failure };
}
