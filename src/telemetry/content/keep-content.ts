/**
 * Keeps what a call asked and was answered until its row is written. While the client waits only references are taken;
 * reading and redacting happen with the row.
 */
import type { Incoming, ReceivedBody } from "../../canonical/call.ts";
import type { CallRecord } from "../../canonical/record.ts";
import type { Piece, Reply } from "../../canonical/reply.ts";
import type { RequestContent } from "../../store/ports.ts";
import { redactPersonal } from "./redact-personal.ts";
import { answerText, requestText } from "./transcript.ts";

/** A longer answer is not stored. */
const ANSWER_MAX_BYTES = 1024 * 1024;
/** A longer request is not stored: reading it would take tens of milliseconds. */
const REQUEST_MAX_BYTES = 4 * 1024 * 1024;
/** Together, of calls whose rows wait to be written; the content of further ones is not stored. */
const WAITING_MAX_BYTES = 64 * 1024 * 1024;
/** Pieces without bytes are small events. */
const EVENT_PIECE_BYTES = 256;
const TOO_LONG = "[too long to be stored]";

export type ContentMode = "redacted" | "full";
type Serve = (incoming: Incoming) => Promise<Reply>;

export interface ContentKeeper {
  /** Serves a call and keeps its content for the record's row. */
  watch(mode: ContentMode, incoming: Incoming, serve: Serve): Promise<Reply>;
  /** The texts of a closed call, undefined where nothing is stored. Asked again it answers the same. */
  take(record: CallRecord): RequestContent | undefined;
  /** Forgets a call whose row is not written. */
  drop(record: CallRecord): void;
}

interface Kept {
  mode: ContentMode;
  body?: ReceivedBody;
  reply?: Reply;
  pieces: Piece[];
  /** What counts against the bound of all calls. */
  heldBytes: number;
  answerBytes: number;
  /** Its record is closed: what still comes is nobody's. */
  ended: boolean;
}

export function createContentKeeper(): ContentKeeper {
  const kept = new WeakMap<CallRecord, Kept>();
  const texts = new WeakMap<CallRecord, RequestContent>();
  let waitingBytes = 0;

  const hold = (call: Kept, bytes: number) => {
    call.heldBytes += bytes;
    waitingBytes += bytes;
  };
  const add = (call: Kept, piece: Piece) => {
    if (call.ended || call.answerBytes > ANSWER_MAX_BYTES) return;
    const bytes = piece.bytes?.byteLength ?? EVENT_PIECE_BYTES;
    call.answerBytes += bytes;
    if (call.answerBytes <= ANSWER_MAX_BYTES) {
      call.pieces.push(piece);
      hold(call, bytes);
    } else {
      call.pieces = [];
      hold(call, bytes - call.answerBytes);
    }
  };
  const end = (record: CallRecord): Kept | undefined => {
    const call = kept.get(record);
    if (!call) return undefined;
    kept.delete(record);
    call.ended = true;
    waitingBytes -= call.heldBytes;
    return call;
  };

  return {
    async watch(mode, incoming, serve) {
      if (waitingBytes > WAITING_MAX_BYTES) return serve(incoming);
      const call: Kept = { mode, pieces: [], heldBytes: 0, answerBytes: 0, ended: false };
      onRead(incoming, (body) => {
        // The pipeline's first step has set the record by now.
        if (!incoming.record) return;
        call.body = body;
        kept.set(incoming.record, call);
        hold(call, body.bytes.byteLength);
      });
      const reply = await serve(incoming);
      call.reply = reply;
      return { ...reply, pieces: observedPieces(reply, (piece) => add(call, piece)) };
    },

    take(record) {
      const call = end(record);
      if (!call?.body) return texts.get(record);
      const content = contentOf(call, call.body);
      texts.set(record, content);
      return content;
    },

    drop: (record) => void end(record),
  };
}

/** Changed in place: the pipeline sets the record on this object, and HTTP reads it from there. */
function onRead(incoming: Incoming, then: (body: ReceivedBody) => void): void {
  const read = incoming.read.bind(incoming);
  incoming.read = async () => {
    const body = await read();
    then(body);
    return body;
  };
}

function observedPieces({ pieces: source }: Reply, onPiece: (piece: Piece) => void): Reply["pieces"] {
  return {
    async next() {
      const result = await source.next();
      if (!result.done) onPiece(result.value);
      return result;
    },
    return: async () => (await source.return?.()) ?? { done: true, value: undefined },
  };
}

function contentOf(call: Kept, body: ReceivedBody): RequestContent {
  const request = body.bytes.byteLength > REQUEST_MAX_BYTES ? TOO_LONG : requestText(body);
  const answer = call.answerBytes > ANSWER_MAX_BYTES ? TOO_LONG : answerOf(call);
  if (call.mode === "full") return { request, answer };
  return { request: redactPersonal(request), answer: redactPersonal(answer) };
}

function answerOf({ reply, pieces }: Kept): string {
  if (!reply || pieces.length === 0) return "";
  const read = reply.reader();
  return answerText(pieces.flatMap((piece) => [...read(piece)]));
}
