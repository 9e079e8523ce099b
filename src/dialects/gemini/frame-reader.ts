/**
 * Cuts a stream into pieces. Up to the first content every frame is parsed, because what comes decides whether this
 * upstream owns the client. Afterwards a block of plain frames is one piece, known by a few byte comparisons: inside a
 * JSON string a quote is escaped, so a marker in quotes is never content.
 *
 * A finish is told when the stream ends, by a piece without bytes: until then it may be one of those that old answers of
 * Vertex repeat in every chunk.
 */
import type { FinishReason, JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { Usage } from "../../canonical/usage.ts";
import type { FrameReader } from "../dialect.ts";
import { closingBrace, eventFrameReader, everyFrame, failWith, NO_EVENT, partOf } from "../event-frames.ts";
import { type SseFrame, sseFrames } from "../sse.ts";
import { finishOf, hasContent } from "./chunk-events.ts";
import { parseFinish } from "./finish.ts";
import { isObject, objectsOf } from "./json.ts";
import { blockedFailure, inBandFailure } from "./parse-error.ts";
import { partsOf } from "./parse-part.ts";
import { camel } from "./proto-names.ts";
import { parseUsage } from "./usage.ts";

interface State {
  started: boolean;
  contentSeen: boolean;
  /** Candidates that have called a function: their STOP means something else. */
  called: boolean;
  finish: FinishReason | undefined;
  usage: Usage | undefined;
  failed: boolean;
  /** The last block that passed unparsed: it holds the usage of a stream that breaks off. */
  lastPlain: Uint8Array | undefined;
}

export function frameReader(): FrameReader {
  const state: State = {
    started: false,
    contentSeen: false,
    called: false,
    finish: undefined,
    usage: undefined,
    failed: false,
    lastPlain: undefined,
  };
  return eventFrameReader({
    state,
    isPlain(block) {
      if (!state.contentSeen || state.finish || !isPlain(block)) return false;
      state.lastPlain = block;
      return true;
    },
    readBlock: (block) => readFrames(state, block),
    end: () => [state.finish ? finishPiece(state.finish, state) : cutPiece(state)],
  });
}

const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before its finish reason." };

function finishPiece(finish: FinishReason, { usage }: State): Piece {
  return { mark: "finish", finish, ...(usage && { usage }) };
}

/** Counts are cumulative, so the last chunk tells what the part that came has cost. */
function cutPiece(state: State): Piece {
  if (!state.started) return failWith(state, NO_EVENT);
  for (const frame of state.lastPlain ? sseFrames(state.lastPlain) : [])
    state.usage = parseUsage(frameJson(frame)?.["usageMetadata"]) ?? state.usage;
  const piece = failWith(state, TRUNCATED);
  return state.usage && state.usage.output + state.usage.reasoning > 0 ? { ...piece, usage: state.usage } : piece;
}

const MARKERS = ['"finishReason"', '"finish_reason"', '"error"', '"promptFeedback"', '"functionCall"'].map((text) =>
  Buffer.from(text),
);
const CANDIDATES = Buffer.from('"candidates"');

/** A block in which every frame has the look of a whole chunk and none is a marker. When in doubt it is parsed. */
function isPlain(block: Uint8Array): boolean {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (MARKERS.some((marker) => bytes.includes(marker))) return false;
  return everyFrame(block, looksWhole);
}

/** `data: {"candidates" … }` */
function looksWhole(bytes: Buffer, start: number, end: number): boolean {
  if (bytes.toString("latin1", start, start + 5) !== "data:") return false;
  const open = bytes[start + 5] === 0x20 ? start + 6 : start + 5;
  if (bytes[open] !== 0x7b) return false;
  const last = closingBrace(bytes, open, end);
  if (last === undefined) return false;
  const found = bytes.indexOf(CANDIDATES, open);
  return found >= 0 && found < last;
}

/** Neighbouring frames that belong together are one piece; broken JSON and comments, on which SDKs stumble, go. */
function readFrames(state: State, block: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  let run: Piece | undefined;
  let runStart = 0;
  let at = 0;
  const close = () => {
    if (run) pieces.push({ ...run, bytes: partOf(block, runStart, at) });
    run = undefined;
  };
  for (const frame of sseFrames(block)) {
    const read = readFrame(state, frame);
    if (read === undefined || read.failure || state.finish) close();
    if (read?.failure) {
      // The client gets the gateway's own error instead.
      pieces.push(read);
      return pieces;
    }
    if (read !== undefined) {
      if (!run) {
        runStart = at;
        run = read;
      } else run = { ...run, mark: joined(run.mark, read.mark) };
    }
    at += frame.bytes.byteLength;
  }
  close();
  return pieces;
}

function joined(run: Piece["mark"], next: Piece["mark"]): Piece["mark"] {
  if (run === "content" || next === "content") return "content";
  return run === "start" ? "start" : next;
}

const CHUNK_FIELDS = ["candidates", "usageMetadata", "promptFeedback", "responseId"];

/** The piece that this frame alone would be, or undefined when it is left out. */
function readFrame(state: State, frame: SseFrame): Piece | undefined {
  const chunk = frameJson(frame);
  if (!chunk) return undefined;
  if (chunk["error"] !== undefined) return failWith(state, inBandFailure(chunk));
  const blocked = blockedFailure(chunk);
  if (blocked) return failWith(state, blocked);
  // Some other JSON is no answer: a stream of nothing else is malformed, not cut.
  if (!CHUNK_FIELDS.some((name) => chunk[name] !== undefined)) return { mark: "other" };
  const first = !state.started;
  state.started = true;
  state.usage = parseUsage(chunk["usageMetadata"]) ?? state.usage;
  const content = hasContent(chunk);
  if (content) state.contentSeen = true;
  for (const [place, candidate] of objectsOf(chunk["candidates"]).entries())
    if ((candidate["index"] ?? place) === 0) readFinish(state, candidate);
  return { mark: state.contentSeen ? "content" : first ? "start" : "other" };
}

/** Where there are alternatives the first one's finish stands for all. */
function readFinish(state: State, candidate: JsonObject): void {
  state.called ||= partsOf(candidate["content"]).some((part) => isObject(camel(part)["functionCall"]));
  const finish = finishOf(candidate["finishReason"]);
  if (finish !== undefined) state.finish = parseFinish(finish, state.called);
}

/** The frame's JSON object; undefined for comments and broken JSON. Vertex writes an error without `data:`. */
export function frameJson(frame: SseFrame): JsonObject | undefined {
  const text = frame.data ?? bareJson(frame.bytes);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const first = Array.isArray(value) ? value[0] : value;
    return isObject(first) ? first : undefined;
  } catch {
    return undefined;
  }
}

function bareJson(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().trim();
  return text.startsWith("{") || text.startsWith("[") ? text : undefined;
}
