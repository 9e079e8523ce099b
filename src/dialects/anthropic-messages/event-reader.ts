/** Stream events of the wire into canonical ones. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader } from "../../canonical/reply.ts";
import { unwrapSignature } from "../foreign-signature.ts";
import { type SseFrame, sseFrames } from "../sse.ts";
import { parseCitation, parseCitations } from "./citations.ts";
import { parseFinish } from "./finish.ts";
import { isObject, stringOf } from "./json.ts";
import { parseErrorEvent } from "./parse-error.ts";
import { parseUsage } from "./usage.ts";

/** A content block on its way: its canonical part once something of it has been told, and what has to be gathered. */
interface Block {
  part?: number;
  type: string;
  /** Server-side blocks are told whole, at their end. */
  raw?: JsonObject;
  /** Input that came with the block's start, for servers that send no deltas. */
  input?: Json;
  json: string;
}

interface State {
  started: boolean;
  nextPart: number;
  blocks: Map<number, Block>;
  startUsage: Json | undefined;
}

export function eventReader(): EventReader {
  const state: State = { started: false, nextPart: 0, blocks: new Map(), startUsage: undefined };
  return (piece) => {
    // Looked at once: a whole answer makes its events on first use.
    const given = piece.events;
    if (given) return given;
    const events: ReplyEvent[] = [];
    if (piece.bytes) for (const frame of sseFrames(piece.bytes)) readEvent(state, frameJson(frame), events);
    if (piece.failure && events[events.length - 1]?.type !== "error")
      events.push({ type: "error", failure: piece.failure });
    return events;
  };
}

/** The frame's JSON object, or undefined for comments and for broken JSON, which is skipped. */
export function frameJson(frame: SseFrame): JsonObject | undefined {
  if (frame.data === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(frame.data);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readEvent(state: State, event: JsonObject | undefined, out: ReplyEvent[]): void {
  if (!event) return;
  switch (event["type"]) {
    case "message_start":
      readStart(state, event["message"], out);
      break;
    case "content_block_start":
      readBlockStart(state, event, out);
      break;
    case "content_block_delta":
      readDelta(state, event, out);
      break;
    case "content_block_stop":
      readBlockStop(state, event, out);
      break;
    case "message_delta":
      readMessageDelta(state, event, out);
      break;
    default:
      if (isObject(event["error"])) out.push({ type: "error", failure: parseErrorEvent(event) });
  }
}

/** Some servers send it twice (vercel/ai has a recording); only the first counts. */
function readStart(state: State, message: Json | undefined, out: ReplyEvent[]): void {
  if (state.started || !isObject(message)) return;
  state.started = true;
  state.startUsage = message["usage"];
  out.push({ type: "start", id: stringOf(message["id"]), model: stringOf(message["model"]) });
}

function readMessageDelta(state: State, event: JsonObject, out: ReplyEvent[]): void {
  const delta = isObject(event["delta"]) ? event["delta"] : {};
  if (typeof delta["stop_reason"] === "string") {
    const stopSequence = delta["stop_sequence"];
    out.push({
      type: "finish",
      choice: 0,
      reason: parseFinish(delta["stop_reason"]),
      ...(typeof stopSequence === "string" && { stopSequence }),
    });
  }
  const usage = parseUsage(state.startUsage, event["usage"]);
  if (usage) out.push({ type: "usage", usage });
}

function readBlockStart(state: State, event: JsonObject, out: ReplyEvent[]): void {
  const content = event["content_block"];
  if (!isObject(content)) return;
  const block: Block = { type: stringOf(content["type"]), json: "" };
  state.blocks.set(Number(event["index"]), block);
  const at = { choice: 0, part: 0 };
  switch (block.type) {
    case "text":
      told(state, block, out, stringOf(content["text"]), (text, part) => ({ type: "text", ...at, part, text }));
      for (const citation of parseCitations(content["citations"]))
        out.push({ type: "citation", choice: 0, part: partOf(state, block), citation });
      break;
    case "thinking":
      told(state, block, out, stringOf(content["thinking"]), (text, part) => ({
        type: "reasoning",
        ...at,
        part,
        text,
      }));
      readSignature(state, block, content["signature"], out);
      break;
    case "redacted_thinking": {
      const data = unwrapSignature(stringOf(content["data"]), "anthropic");
      if (data) out.push({ type: "redacted-reasoning", choice: 0, part: partOf(state, block), data });
      break;
    }
    case "tool_use":
      block.input = content["input"];
      out.push({
        type: "tool-call",
        choice: 0,
        part: partOf(state, block),
        id: stringOf(content["id"]),
        name: stringOf(content["name"]),
      });
      break;
    default:
      block.raw = content;
      partOf(state, block);
  }
}

function readDelta(state: State, event: JsonObject, out: ReplyEvent[]): void {
  const block = state.blocks.get(Number(event["index"]));
  const delta = event["delta"];
  if (!block || !isObject(delta)) return;
  switch (delta["type"]) {
    case "text_delta":
      told(state, block, out, stringOf(delta["text"]), (text, part) => ({ type: "text", choice: 0, part, text }));
      break;
    case "thinking_delta":
      told(state, block, out, stringOf(delta["thinking"]), (text, part) => ({
        type: "reasoning",
        choice: 0,
        part,
        text,
      }));
      break;
    case "signature_delta":
      readSignature(state, block, delta["signature"], out);
      break;
    case "input_json_delta": {
      const json = stringOf(delta["partial_json"]);
      block.json += json;
      if (!block.raw && json !== "") out.push({ type: "arguments", choice: 0, part: partOf(state, block), json });
      break;
    }
    case "citations_delta":
      if (isObject(delta["citation"])) {
        const citation = parseCitation(delta["citation"]);
        out.push({ type: "citation", choice: 0, part: partOf(state, block), citation });
      }
      break;
    default:
      if (block.raw) mergeUnknown(block.raw, delta);
  }
}

function readBlockStop(state: State, event: JsonObject, out: ReplyEvent[]): void {
  const block = state.blocks.get(Number(event["index"]));
  if (!block) return;
  const part = block.part ?? 0;
  if (block.type === "tool_use" && block.json === "") {
    // No delta came: the input is the one of the start, `{}` for a tool without arguments.
    out.push({ type: "arguments", choice: 0, part, json: JSON.stringify(block.input ?? {}) });
  } else if (block.raw) {
    const raw = block.json === "" ? block.raw : { ...block.raw, input: jsonOrText(block.json) };
    const media = { type: "opaque", dialect: "anthropic-messages", kind: block.type, raw } as const;
    out.push({ type: "media", choice: 0, part, media });
  }
  state.blocks.delete(Number(event["index"]));
}

/** Parts are counted when something of them is told, so that an empty block leaves no hole. */
function partOf(state: State, block: Block): number {
  block.part ??= state.nextPart++;
  return block.part;
}

function told(
  state: State,
  block: Block,
  out: ReplyEvent[],
  text: string,
  event: (text: string, part: number) => ReplyEvent,
): void {
  if (text !== "") out.push(event(text, partOf(state, block)));
}

function readSignature(state: State, block: Block, wire: Json | undefined, out: ReplyEvent[]): void {
  const signature = unwrapSignature(stringOf(wire), "anthropic");
  if (!signature) return;
  // Gemini signs texts and tool calls: see `replyBlocks`.
  if (signature.origin === "gemini" && block.part === undefined && state.nextPart > 0) block.part = state.nextPart - 1;
  out.push({ type: "signature", choice: 0, part: partOf(state, block), signature });
}

/** Deltas of block types made after this was written: texts grow, everything else replaces. */
function mergeUnknown(raw: JsonObject, delta: JsonObject): void {
  for (const [key, value] of Object.entries(delta)) {
    if (key === "type") continue;
    const before = raw[key];
    raw[key] = typeof before === "string" && typeof value === "string" ? before + value : value;
  }
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
