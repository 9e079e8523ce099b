/** Each line is an object of the same form; the last one says `done` and holds the counts. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { Failure } from "../../canonical/errors.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Piece } from "../../canonical/reply.ts";
import type { FrameReader } from "../dialect.ts";
import { type FrameRead, failurePiece, framePieces } from "../event-pieces.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import { inBandFailure } from "./errors.ts";
import { parseFinish } from "./finish.ts";
import { lineSplitter } from "./line-splitter.ts";
import { parseLogprobs } from "./logprobs.ts";
import { idsFrom, toolCalls } from "./message-parts.ts";
import { secondsOf } from "./reply.ts";
import { parseUsage } from "./usage.ts";

interface State {
  started: boolean;
  contentSeen: boolean;
  finished: boolean;
  failed: boolean;
  /** Texts and thoughts are one part each, every call is its own. */
  parts: Map<string, number>;
  calls: number;
}

export function frameReader(): FrameReader {
  const splitter = lineSplitter();
  const state: State = {
    started: false,
    contentSeen: false,
    finished: false,
    failed: false,
    parts: new Map(),
    calls: 0,
  };
  const pieces = (lines: readonly Uint8Array[]): Piece[] =>
    state.failed ? [] : framePieces(lines.map((bytes) => ({ bytes, read: readLine(state, bytes) })));
  const fail = (failure: Failure): Piece => {
    state.failed = true;
    return failurePiece(failure);
  };
  return {
    push(chunk) {
      const found = pieces(splitter.push(chunk));
      if (splitter.overflowed() && !state.failed) found.push(fail(OVERSIZED));
      return found;
    },
    end() {
      const rest = splitter.rest();
      // Whatever is written after it (the rest of a continued stream) must not end up on the same line.
      const found = rest ? pieces([Buffer.concat([rest, LINE_END])]) : [];
      if (!state.failed && !state.finished) found.push(fail(state.started ? TRUNCATED : EMPTY));
      return found;
    },
  };
}

const LINE_END = new TextEncoder().encode("\n");
const OVERSIZED: Failure = { class: "malformed", message: "The upstream sent a line larger than 16 MiB." };
const EMPTY: Failure = { class: "malformed", message: "The upstream's stream held no object of this API." };
const TRUNCATED: Failure = { class: "truncated", message: "The upstream's stream ended before it was done." };

/** Blank lines say nothing, broken ones are left out. */
function readLine(state: State, bytes: Uint8Array): FrameRead | undefined {
  if (state.failed) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return { mark: "other", events: [] };
  const line = parseObject(text);
  if (!line) return undefined;
  if (line["error"] !== undefined) {
    state.failed = true;
    const failure = inBandFailure(line);
    return { mark: "error", failure, events: [{ type: "error", failure }] };
  }
  return isObject(line["message"]) || line["done"] === true ? readObject(state, line) : { mark: "other", events: [] };
}

function readObject(state: State, line: JsonObject): FrameRead {
  const createdAt = textOf(line["created_at"]);
  const start: ReplyEvent[] = [];
  if (!state.started) {
    const createdSeconds = secondsOf(createdAt);
    start.push({
      type: "start",
      id: "",
      model: textOf(line["model"]),
      ...(createdSeconds !== undefined && { createdSeconds }),
    });
    state.started = true;
  }
  const content = readMessage(state, isObject(line["message"]) ? line["message"] : {}, createdAt);
  const tokens = parseLogprobs(line["logprobs"]);
  if (tokens.length > 0) content.push({ type: "logprobs", choice: 0, tokens });
  if (content.length > 0) state.contentSeen = true;
  const events = [...start, ...content];
  if (line["done"] !== true)
    return { mark: state.contentSeen ? "content" : start.length > 0 ? "start" : "other", events };
  state.finished = true;
  const reason = parseFinish(textOf(line["done_reason"]), state.calls > 0);
  const usage = parseUsage(line);
  events.push({ type: "finish", choice: 0, reason });
  if (usage) events.push({ type: "usage", usage });
  return { mark: "finish", finish: reason, ...(usage && { usage }), events };
}

function readMessage(state: State, message: JsonObject, createdAt: string): ReplyEvent[] {
  const events: ReplyEvent[] = [];
  const [thinking, text] = [textOf(message["thinking"]), textOf(message["content"])];
  if (thinking !== "") events.push({ type: "reasoning", choice: 0, part: partOf(state, "thinking"), text: thinking });
  if (text !== "") events.push({ type: "text", choice: 0, part: partOf(state, "text"), text });
  // Several lines may come in one moment, so their calls are counted through.
  const id = idsFrom(createdAt);
  const before = state.calls;
  for (const call of toolCalls(message["tool_calls"], (index) => id(before + index))) {
    const part = partOf(state, `call ${state.calls++}`);
    events.push({ type: "tool-call", choice: 0, part, id: call.id, name: call.name });
    events.push({ type: "arguments", choice: 0, part, json: call.arguments });
  }
  return events;
}

function partOf(state: State, key: string): number {
  const part = state.parts.get(key) ?? state.parts.size;
  state.parts.set(key, part);
  return part;
}
