/**
 * What is known of an upstream's stream so far, frame by frame: whether content has come, which choices have finished,
 * where its usage was. What ends without a finish is an error here, never an end.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Mark, Piece } from "../../canonical/reply.ts";
import { type Edit, splice } from "../splice.ts";
import { sseFrame, sseFrames } from "../sse.ts";
import { choicesOf, DONE, deltaOf, finishOf, hasContent, indexOf, parseChunk, rawUsageOf } from "./chunk.ts";
import { inBandFailure } from "./errors.ts";
import { parseFinish } from "./finish.ts";
import { CHUNK_OBJECT, type FrameRepair, frameRepair } from "./frame-repair.ts";
import { isString } from "./json.ts";
import { hasError } from "./parse-reply.ts";
import { parseUsage } from "./usage.ts";

export interface StreamState {
  /** Pieces of one frame: none for a broken one, several where something held back goes before it. */
  read(bytes: Uint8Array): Piece[];
  /** At the end of the connection; `rest` is what came last. */
  end(rest: Uint8Array | undefined): Piece[];
  /** Ends the stream. */
  fail(failure: Failure): Piece;
  /** Nothing is to come: the answer is whole, or it has failed. */
  over(): boolean;
  contentSeen(): boolean;
  /** False once the server left out or repeated the index of a tool call: from then on each of them is parsed. */
  toolIndexesWritten(): boolean;
}

interface Known {
  repair: FrameRepair;
  /** Choices met, and those of them that have finished. */
  seen: Set<number>;
  finished: Set<number>;
  begun: boolean;
  contentSeen: boolean;
  over: boolean;
  /** Data of Azure's preamble, which has no id yet. */
  preamble?: string;
  /** Data of the last chunk that carried usage beside a choice, until a chunk of its own brings it. */
  inlineUsage?: string;
}

const EMPTY: Failure = { class: "malformed", message: "The upstream's stream ended without an answer." };
const CUT: Failure = { class: "truncated", message: "The upstream's stream ended before the answer was finished." };

export function streamState(): StreamState {
  const known: Known = {
    repair: frameRepair(),
    seen: new Set(),
    finished: new Set(),
    begun: false,
    contentSeen: false,
    over: false,
  };
  return {
    over: () => known.over,
    contentSeen: () => known.contentSeen,
    toolIndexesWritten: known.repair.toolIndexesWritten,
    fail: (failure) => fail(known, failure),
    read(bytes) {
      const { data, event } = sseFrames(bytes)[0] ?? {};
      if (data === undefined) return [{ mark: "other", bytes }];
      if (data.trim() === DONE) return close(known, bytes);
      const chunk = parseChunk(data);
      if (!chunk) return [];
      const failure = failureIn(chunk, event);
      if (!failure) return readChunk(known, chunk, data, bytes);
      // Nothing that comes after the whole answer can take it back.
      return isFinished(known) ? [] : [fail(known, failure)];
    },
    end(rest) {
      if (isFinished(known)) return close(known, sseFrame(DONE));
      const body = !known.begun && rest ? parseChunk(Buffer.from(rest).toString()) : undefined;
      if (body && hasError(body)) return [fail(known, inBandFailure(body))];
      return [fail(known, known.begun ? CUT : EMPTY)];
    },
  };
}

function isFinished({ seen, finished }: Known): boolean {
  return finished.size > 0 && finished.size === seen.size;
}

function fail(known: Known, failure: Failure): Piece {
  known.over = true;
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}

function close(known: Known, bytes: Uint8Array): Piece[] {
  if (!isFinished(known)) return [fail(known, known.begun ? CUT : EMPTY)];
  known.over = true;
  const usage = known.inlineUsage === undefined ? undefined : usagePiece(known.inlineUsage);
  return [...(usage ? [usage] : []), { mark: "other", bytes }];
}

/** Clients of OpenAI find usage in a last chunk of its own; this makes one of the chunk that had it beside a choice. */
function usagePiece(data: string): Piece | undefined {
  const chunk = parseChunk(data);
  const usage = chunk && rawUsageOf(chunk);
  if (!usage) return undefined;
  const edits: Edit[] = [
    { op: "set", path: ["choices"], value: [] },
    { op: "set", path: ["object"], value: CHUNK_OBJECT },
  ];
  if (chunk["usage"] !== usage) edits.push({ op: "set", path: ["usage"], value: usage });
  return { mark: "usage", bytes: edited(data, edits), usage: parseUsage(usage) };
}

function readChunk(known: Known, chunk: JsonObject, data: string, bytes: Uint8Array): Piece[] {
  const choices = choicesOf(chunk);
  const usage = rawUsageOf(chunk);
  if (!known.begun && choices.length === 0 && !usage && !chunk["id"]) {
    known.preamble = data;
    return [];
  }
  const pieces: Piece[] = [];
  if (known.preamble !== undefined) pieces.push({ mark: "other", bytes: withIdentity(known.preamble, chunk) });
  known.preamble = undefined;
  const edits = known.repair.edits(chunk);
  const piece: Piece = {
    mark: markOf(choices, usage !== undefined, known.begun),
    bytes: edits.length > 0 ? edited(data, edits) : bytes,
  };
  known.begun = true;
  if (piece.mark === "content") known.contentSeen = true;
  for (const choice of choices) noteChoice(known, choice, piece);
  if (usage) {
    piece.usage = parseUsage(usage);
    known.inlineUsage = choices.length > 0 ? data : undefined;
  }
  pieces.push(piece);
  return pieces;
}

function noteChoice(known: Known, choice: JsonObject, piece: Piece): void {
  const index = indexOf(choice);
  known.seen.add(index);
  const finish = finishOf(choice);
  if (finish === undefined) return;
  if (!known.finished.has(index)) {
    piece.finish = parseFinish(finish);
    piece.mark = "finish";
  }
  known.finished.add(index);
}

/** An error instead of a chunk, an `error` event (vLLM, SGLang), or OpenRouter's finish of that name. */
function failureIn(chunk: JsonObject, event: string | undefined): Failure | undefined {
  if (hasError(chunk)) return inBandFailure(chunk);
  if (event === "error") return inBandFailure({ error: chunk });
  for (const choice of choicesOf(chunk)) {
    if (hasError(choice)) return inBandFailure(choice);
    if (finishOf(choice) === "error")
      return { class: "server", message: "The upstream ended its answer with an error." };
  }
  return undefined;
}

function markOf(choices: readonly JsonObject[], usage: boolean, begun: boolean): Mark {
  if (choices.some((choice) => hasContent(deltaOf(choice)))) return "content";
  if (usage && choices.length === 0) return "usage";
  return begun ? "other" : "start";
}

/** All chunks of a stream have one id; Azure's first has none. */
function withIdentity(data: string, next: JsonObject): Uint8Array {
  const edits: Edit[] = [{ op: "set", path: ["object"], value: CHUNK_OBJECT }];
  for (const key of ["id", "model", "created"]) {
    const value = next[key];
    if (isString(value) || typeof value === "number") edits.push({ op: "set", path: [key], value });
  }
  return edited(data, edits);
}

function edited(data: string, edits: readonly Edit[]): Uint8Array {
  return sseFrame(Buffer.from(splice(Buffer.from(data), edits)).toString());
}
