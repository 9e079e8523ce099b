/**
 * A successful head's body as pieces. What comes is judged by its first byte, not by its label: streams labelled as
 * JSON, JSON errors labelled as streams, HTML pages and empty bodies all come with status 200 in the wild.
 */
import type { Failure } from "../canonical/errors.ts";
import type { Piece } from "../canonical/reply.ts";
import type { Dialect, FrameReader } from "../dialects/dialect.ts";
import { type SentHeaders, withoutSecrets } from "./hide-secrets.ts";
import { BodyTooLarge, collectBody } from "./response-body.ts";
import { connectionFailure } from "./transport-failure.ts";
import { errorPiece, wholePiece } from "./whole-piece.ts";

/** Larger than any answer of the APIs served: generated images come as base64 of some 20 MB. */
const MAX_REPLY_BYTES = 64 * 1024 * 1024;
/** White space that hides what a body is; a stream may begin with a few blank keep-alive lines. */
const MAX_PREAMBLE_BYTES = 64 * 1024;

export interface ReplyPieces {
  /** By the label until the first piece has been pulled, and as it really is from then on. */
  form(): "stream" | "whole";
  pieces: AsyncIterator<Piece, undefined>;
}

/** What was sent with the request is taken out of the errors. */
export function replyPieces(response: Response, dialect: Dialect, signal: AbortSignal, sent: SentHeaders): ReplyPieces {
  const body = bodyPieces(response, dialect, signal);
  let queue: Piece[] = [];
  return {
    form: body.form,
    pieces: {
      async next() {
        while (queue.length === 0 && !body.ended()) queue = await body.pull();
        const value = queue.shift();
        if (!value) return DONE;
        // The rest of a body with a failure in it cannot be trusted.
        if (value.failure) {
          queue = [];
          await body.release();
          return { done: false, value: { ...value, failure: withoutSecrets(value.failure, sent) } };
        }
        return { done: false, value };
      },
      async return() {
        queue = [];
        await body.release();
        return DONE;
      },
    },
  };
}

interface BodyPieces {
  form(): "stream" | "whole";
  /** The pieces of the next chunk, maybe none; a failure is the last of them. Never rejects. */
  pull(): Promise<Piece[]>;
  ended(): boolean;
  /** Gives the connection up if there is more to come. */
  release(): Promise<void>;
}

function bodyPieces(response: Response, dialect: Dialect, signal: AbortSignal): BodyPieces {
  const type = response.headers.get("content-type") ?? "";
  const reader = response.body?.getReader();
  let form: "stream" | "whole" = JSON_TYPE.test(type) ? "whole" : "stream";
  let frames: FrameReader | undefined = hasOwnFraming(dialect, type) ? dialect.frameReader() : undefined;
  /** Chunks that show nothing yet: white space and a byte-order mark. */
  let undecided: Uint8Array[] = [];
  let received = false;
  let ended = false;

  const pull = async (): Promise<Piece[]> => {
    const result = await reader?.read();
    if (ended) return [];
    if (!result || result.done) {
      ended = true;
      return frames && received ? frames.end() : [errorPiece(EMPTY)];
    }
    received ||= result.value.byteLength > 0;
    if (frames) return frames.push(result.value);
    undecided.push(result.value);
    const start = undecided.length === 1 ? result.value : Buffer.concat(undecided);
    const looks = looksLike(start);
    if (looks === "nothing" && start.byteLength < MAX_PREAMBLE_BYTES) return [];
    if (looks === "json" || looks === "html") {
      form = "whole";
      const bytes = await collectBody(reader!, [start], MAX_REPLY_BYTES, "refuse");
      ended = true;
      return [looks === "html" ? errorPiece(HTML) : wholePiece(bytes, dialect)];
    }
    form = "stream";
    undecided = [];
    frames = dialect.frameReader();
    return frames.push(start);
  };

  const broken = (error: unknown): Piece[] => {
    ended = true;
    if (error instanceof BodyTooLarge) return [errorPiece(TOO_LARGE)];
    const failure = connectionFailure(error, signal, { received });
    if (!frames || signal.aborted) return [errorPiece(form === "whole" ? { ...failure, whole: true } : failure)];
    // A reset after the finish has come harms nobody, and only the dialect knows whether it has.
    return frames.end().map((piece) => (piece.failure?.class === "truncated" ? { ...piece, failure } : piece));
  };

  return {
    form: () => form,
    pull: () => pull().catch(broken),
    ended: () => ended,
    async release() {
      if (ended) return;
      ended = true;
      await reader?.cancel().catch(() => {});
    },
  };
}

const EMPTY: Failure = { class: "malformed", message: "The upstream answered with an empty body." };
const HTML: Failure = {
  class: "malformed",
  message: "The upstream answered with an HTML page instead of an answer.",
};
const TOO_LARGE: Failure = { class: "malformed", message: "The upstream's answer is too large." };
const DONE = { done: true, value: undefined } as const;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** A binary or line-wise stream of the dialect, labelled as such, may begin with any byte. */
function hasOwnFraming({ streamContentType }: Dialect, type: string): boolean {
  const own = streamContentType.split(";")[0]!;
  return own !== "text/event-stream" && own !== "application/json" && type.startsWith(own);
}

/** Judged by the first byte that is neither white space nor part of a byte-order mark. */
function looksLike(bytes: Uint8Array): "json" | "html" | "stream" | "nothing" {
  for (const byte of bytes) {
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
    if (byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
    if (byte === 0x7b || byte === 0x5b) return "json";
    return byte === 0x3c ? "html" : "stream";
  }
  return "nothing";
}
