/** Cuts a stream of the legacy endpoint into pieces of a frame each. It ends well when every choice met has finished. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { eventFrameReader, failWith } from "../event-frames.ts";
import { choicesOf, DONE, finishOf, indexOf, parseChunk, rawUsageOf } from "../openai-chat/chunk.ts";
import { inBandFailure } from "../openai-chat/errors.ts";
import { parseFinish } from "../openai-chat/finish.ts";
import { hasError } from "../openai-chat/parse-reply.ts";
import { parseUsage } from "../openai-chat/usage.ts";
import { sseFrame, sseFrames } from "../sse.ts";

interface State {
  seen: Set<number>;
  finished: Set<number>;
  failed: boolean;
  /** The end has come. */
  closed: boolean;
  /** A chunk that told usage beside its choices: clients find it in one of its own, at the end. */
  inlineUsage?: JsonObject;
}

export function frameReader(): FrameReader {
  const state: State = { seen: new Set(), finished: new Set(), failed: false, closed: false };
  return eventFrameReader({
    state,
    isPlain: () => false,
    readBlock: (block) => readBlock(state, block),
    end: () => (state.closed ? [] : close(state, sseFrame(DONE))),
  });
}

const EMPTY: Failure = { class: "malformed", message: "The upstream's stream ended without an answer." };
const CUT: Failure = { class: "truncated", message: "The upstream's stream ended before the answer was finished." };

function readBlock(state: State, block: Uint8Array): Piece[] {
  const pieces: Piece[] = [];
  for (const { bytes, data, event } of sseFrames(block)) {
    if (state.failed || state.closed) break;
    if (data === undefined) pieces.push({ mark: "other", bytes });
    else if (data.trim() === DONE) pieces.push(...close(state, bytes));
    else pieces.push(...readChunk(state, data, event, bytes));
  }
  return pieces;
}

function readChunk(state: State, data: string, event: string | undefined, bytes: Uint8Array): Piece[] {
  const chunk = parseChunk(data);
  if (!chunk) return [];
  if (hasError(chunk) || event === "error") {
    if (isFinished(state)) return [];
    return [failWith(state, inBandFailure(hasError(chunk) ? chunk : { error: chunk }))];
  }
  const choices = choicesOf(chunk);
  const usage = rawUsageOf(chunk);
  const piece: Piece = { mark: choices.some(hasText) ? "content" : usage ? "usage" : "other", bytes };
  if (usage) {
    piece.usage = parseUsage(usage);
    if (choices.length > 0) state.inlineUsage = chunk;
  }
  for (const choice of choices) {
    state.seen.add(indexOf(choice));
    const finish = finishOf(choice);
    if (finish === undefined) continue;
    state.finished.add(indexOf(choice));
    piece.finish = parseFinish(finish);
    piece.mark = "finish";
  }
  return [piece];
}

/** Log probabilities of nothing are none. */
function hasText({ text }: JsonObject): boolean {
  return typeof text === "string" && text !== "";
}

function isFinished({ seen, finished }: State): boolean {
  return finished.size > 0 && finished.size === seen.size;
}

function close(state: State, bytes: Uint8Array): Piece[] {
  if (!isFinished(state)) return [failWith(state, state.seen.size > 0 ? CUT : EMPTY)];
  state.closed = true;
  const { inlineUsage: chunk } = state;
  if (!chunk) return [{ mark: "other", bytes }];
  const own = sseFrame(JSON.stringify({ ...chunk, choices: [] }));
  return [
    { mark: "usage", bytes: own, usage: parseUsage(rawUsageOf(chunk)) },
    { mark: "other", bytes },
  ];
}
