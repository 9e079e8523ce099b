/**
 * The body of a streamed answer. Pull-based with nothing kept ahead: the client's pace is the upstream's. It ends in
 * exactly one of four ways (whole, broken, dropped by the client, drained by the server) and each of them gives the
 * pieces back once.
 */
import { type GatewayError, toGatewayError } from "../canonical/errors.ts";
import { failed, type Piece } from "../canonical/reply.ts";
import { brokenReply } from "./broken-reply.ts";
import type { ReplyContext } from "./reply.ts";
import type { PieceEncoder } from "./reply-encoder.ts";
import { logInternal } from "./respond.ts";

type Pieces = AsyncIterator<Piece, undefined>;

/** `first` has been pulled already. `highWaterMark: 0` was the fastest way of those Bun has (pull, direct, generator). */
export function streamBody(
  pieces: Pieces,
  first: Piece,
  encoder: PieceEncoder,
  context: ReplyContext,
): ReadableStream<Uint8Array> {
  const { exchange, dialect, record, call } = context;
  const { connection, request, requestId } = exchange;
  let head: Piece | undefined = first;
  let open = true;
  let sent: { first: Uint8Array; last: Uint8Array } | undefined;
  const leave = () => {
    open = false;
    connection.live.delete(call);
    connection.restoreIdleTimeout(request);
  };
  const breakOff = (controller: ReadableStreamDefaultController<Uint8Array>, error: GatewayError) => {
    if (error.code === "internal") logInternal(exchange, error);
    leave();
    if (encoder.cuts) {
      controller.error(error);
      void giveBack(pieces);
      return;
    }
    const frame = dialect.formatStreamError({ error, requestId, attempts: record.attempts, ...(sent && { sent }) });
    controller.enqueue(encoder.error?.(frame) ?? frame);
    controller.close();
    void giveBack(pieces);
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        call.end = (error) => {
          if (!open) return;
          record.close(failed(error));
          breakOff(controller, error);
        };
      },
      async pull(controller) {
        try {
          for (;;) {
            const piece: Piece | undefined = head ?? (await pieces.next()).value;
            head = undefined;
            if (!open) return;
            if (piece?.failure) return breakOff(controller, brokenReply(piece.failure));
            const bytes = piece ? encoder.write(piece) : encoder.end();
            if (bytes && bytes.byteLength > 0) {
              controller.enqueue(bytes);
              sent = { first: sent?.first ?? bytes, last: bytes };
            }
            if (!piece) {
              leave();
              return controller.close();
            }
            if (bytes && bytes.byteLength > 0) return;
          }
        } catch (thrown) {
          if (open) breakOff(controller, toGatewayError(thrown));
        }
      },
      cancel() {
        if (!open) return;
        leave();
        return giveBack(pieces);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The end of a stream is told to its source; that the source fails on it changes nothing for anybody. */
async function giveBack(pieces: Pieces): Promise<void> {
  try {
    await pieces.return?.();
  } catch {}
}
