/**
 * Cuts an upstream's stream into pieces. Until the first content every frame is parsed; afterwards only those that may
 * be more than content. What ends without a finish is an error here, never an end.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Mark, Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { type Edit, splice } from "../splice.ts";
import { frameEnd, sseFrame, sseFrames, sseSplitter } from "../sse.ts";
import { choicesOf, DONE, deltaOf, finishOf, hasContent, indexOf, parseChunk, rawUsageOf } from "./chunk.ts";
import { inBandFailure } from "./errors.ts";
import { parseFinish } from "./finish.ts";
import { frameRepair } from "./frame-repair.ts";
import { plainFramesEnd } from "./frame-scan.ts";
import { isString } from "./json.ts";
import { hasError } from "./parse-reply.ts";
import { parseUsage } from "./usage.ts";

export function frameReader(): FrameReader {
  const splitter = sseSplitter();
  const stream = streamState();

  const readBlock = (block: Uint8Array): Piece[] => {
    const pieces: Piece[] = [];
    let run: { start: number; end: number } | undefined;
    const flush = () => {
      if (run) pieces.push({ mark: "content", bytes: cut(block, run.start, run.end) });
      run = undefined;
    };
    let at = 0;
    while (at < block.byteLength && !stream.over()) {
      const plainEnd = stream.contentSeen() ? plainFramesEnd(block, at, stream.toolIndexesWritten()) : at;
      if (plainEnd > at) {
        run = { start: run ? run.start : at, end: plainEnd };
        at = plainEnd;
        continue;
      }
      const end = frameEnd(block, at);
      const bytes = cut(block, at, end);
      const read = stream.read(bytes);
      const [only] = read;
      const joins =
        read.length === 1 && only!.bytes === bytes && isPlain(only!) && (run !== undefined || only!.mark === "content");
      if (joins) run = { start: run ? run.start : at, end };
      else {
        flush();
        pieces.push(...read);
      }
      at = end;
    }
    flush();
    return pieces;
  };

  return {
    push(chunk) {
      if (stream.over()) return [];
      const block = splitter.push(chunk);
      if (splitter.overflowed()) return [stream.fail(OVERSIZED)];
      return block ? readBlock(block) : [];
    },
    end() {
      if (stream.over()) return [];
      const rest = splitter.rest();
      const pieces = rest ? readBlock(rest) : [];
      return stream.over() ? pieces : [...pieces, ...stream.end(rest)];
    },
  };
}

const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent an event larger than any answer can be." };
const EMPTY: Failure = { class: "malformed", message: "The upstream's stream ended without an answer." };
const CUT: Failure = { class: "truncated", message: "The upstream's stream ended before the answer was finished." };

function cut(block: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === block.byteLength ? block : block.subarray(start, end);
}

function isPlain(piece: Piece): boolean {
  return (piece.mark === "content" || piece.mark === "other") && !piece.usage && !piece.finish && !piece.failure;
}

interface StreamState {
  /** Pieces of one frame: none for a broken one, several where something held back goes before it. */
  read(bytes: Uint8Array): Piece[];
  /** At the end of the connection; `rest` is what came last. */
  end(rest: Uint8Array | undefined): Piece[];
  fail(failure: Failure): Piece;
  over(): boolean;
  contentSeen(): boolean;
  /** False once the server left out or repeated the index of a tool call: from then on each of them is parsed. */
  toolIndexesWritten(): boolean;
}

function streamState(): StreamState {
  const repair = frameRepair();
  const seen = new Set<number>();
  const finished = new Set<number>();
  let begun = false;
  let contentSeen = false;
  let over = false;
  /** Data of Azure's preamble, which has no id yet. */
  let preamble: string | undefined;
  /** Data of the last chunk that carried usage beside a choice, until a chunk of its own brings it. */
  let inlineUsage: string | undefined;

  const whole = () => finished.size > 0 && [...seen].every((choice) => finished.has(choice));
  const fail = (failure: Failure): Piece => {
    over = true;
    return { mark: "error", failure, events: [{ type: "error", failure }] };
  };

  /** Clients of OpenAI find usage in a last chunk of its own. */
  const lastUsage = (): Piece[] => {
    if (inlineUsage === undefined) return [];
    const usage = rawUsageOf(parseChunk(inlineUsage) ?? {});
    if (!usage) return [];
    const edits: Edit[] = [{ op: "set", path: ["choices"], value: [] }];
    if (parseChunk(inlineUsage)?.["usage"] === undefined) edits.push({ op: "set", path: ["usage"], value: usage });
    return [{ mark: "usage", bytes: edited(inlineUsage, edits), usage: parseUsage(usage) }];
  };

  const close = (bytes: Uint8Array): Piece[] => {
    if (!whole()) return [fail(begun ? CUT : EMPTY)];
    over = true;
    return [...lastUsage(), { mark: "other", bytes }];
  };

  const readChunk = (chunk: JsonObject, data: string, bytes: Uint8Array): Piece[] => {
    const choices = choicesOf(chunk);
    const rawUsage = rawUsageOf(chunk);
    if (!begun && choices.length === 0 && !rawUsage && !chunk["id"]) {
      preamble = data;
      return [];
    }
    const pieces: Piece[] = [];
    if (preamble !== undefined) pieces.push({ mark: "other", bytes: withIdentity(preamble, chunk) });
    preamble = undefined;
    const edits = repair.edits(chunk);
    const piece: Piece = { mark: markOf(choices, rawUsage !== undefined, begun), bytes: bytes };
    if (edits.length > 0) piece.bytes = edited(data, edits);
    begun = true;
    if (piece.mark === "content") contentSeen = true;
    for (const choice of choices) {
      const index = indexOf(choice);
      seen.add(index);
      const finish = finishOf(choice);
      if (finish === undefined) continue;
      if (!finished.has(index)) piece.finish = parseFinish(finish);
      finished.add(index);
    }
    if (piece.finish) piece.mark = "finish";
    if (rawUsage) {
      piece.usage = parseUsage(rawUsage);
      inlineUsage = choices.length > 0 ? data : undefined;
    }
    pieces.push(piece);
    return pieces;
  };

  return {
    over: () => over,
    contentSeen: () => contentSeen,
    toolIndexesWritten: repair.toolIndexesWritten,
    fail,
    read(bytes) {
      const { data, event } = sseFrames(bytes)[0] ?? {};
      if (data === undefined) return [{ mark: "other", bytes }];
      if (data.trim() === DONE) return close(bytes);
      const chunk = parseChunk(data);
      if (!chunk) return [];
      const failure = failureIn(chunk, event);
      if (!failure) return readChunk(chunk, data, bytes);
      // Nothing that comes after the whole answer can take it back.
      return whole() ? [] : [fail(failure)];
    },
    end(rest) {
      if (whole()) return close(sseFrame(DONE));
      const body = !begun && rest ? parseChunk(Buffer.from(rest).toString()) : undefined;
      if (body && hasError(body)) return [fail(inBandFailure(body))];
      return [fail(begun || contentSeen ? CUT : EMPTY)];
    },
  };
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

function edited(data: string, edits: readonly Edit[]): Uint8Array {
  return sseFrame(Buffer.from(splice(Buffer.from(data), edits)).toString());
}

/** All chunks of a stream have one id; Azure's first has none. */
function withIdentity(data: string, next: JsonObject): Uint8Array {
  const edits: Edit[] = [{ op: "set", path: ["object"], value: "chat.completion.chunk" }];
  for (const key of ["id", "model", "created"])
    if (isString(next[key]) || typeof next[key] === "number") edits.push({ op: "set", path: [key], value: next[key]! });
  return edited(data, edits);
}
