/** The events of a stream into canonical ones, one message after the other. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { FrameRead } from "../event-pieces.ts";
import { unwrapSignature } from "../foreign-signature.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import { parseCitation } from "./citations.ts";
import { parseFinish } from "./finish.ts";
import { parseUsage } from "./usage.ts";

interface Block {
  /** A tool's arguments so far. */
  json: string;
  isTool: boolean;
  /** A block only Bedrock can read (its own tools and their results): told whole, at its end. */
  raw?: JsonObject;
}

export interface EventState {
  contentSeen: boolean;
  /** Parts by block and kind: some models put thoughts and text into one block. */
  parts: Map<string, number>;
  blocks: Map<number, Block>;
}

export function readEvent(state: EventState, type: string, payload: JsonObject): FrameRead {
  switch (type) {
    case "messageStart":
      return { mark: "start", events: [{ type: "start", id: "", model: "" }] };
    case "contentBlockStart":
      return content(state, readStart(state, payload));
    case "contentBlockDelta":
      return content(state, readDelta(state, payload));
    case "contentBlockStop":
      return content(state, readStop(state, payload));
    case "messageStop": {
      const reason = parseFinish(textOf(payload["stopReason"]));
      return { mark: "finish", finish: reason, events: [{ type: "finish", choice: 0, reason }] };
    }
    case "metadata": {
      const usage = parseUsage(payload["usage"]);
      return usage ? { mark: "usage", usage, events: [{ type: "usage", usage }] } : { mark: "other", events: [] };
    }
    default:
      return { mark: "other", events: [] };
  }
}

function content(state: EventState, events: ReplyEvent[]): FrameRead {
  if (events.length > 0) state.contentSeen = true;
  return { mark: state.contentSeen ? "content" : "other", events };
}

/** Parts are counted when something of them is told, so that an empty block leaves no hole. */
function partOf(state: EventState, payload: JsonObject, kind: string): number {
  const key = `${indexOf(payload)} ${kind}`;
  const part = state.parts.get(key) ?? state.parts.size;
  state.parts.set(key, part);
  return part;
}

function indexOf(payload: JsonObject): number {
  return Number(payload["contentBlockIndex"] ?? 0);
}

function readStart(state: EventState, payload: JsonObject): ReplyEvent[] {
  const start = isObject(payload["start"]) ? payload["start"] : {};
  const { toolUse } = start;
  const block: Block = { json: "", isTool: false };
  state.blocks.set(indexOf(payload), block);
  if (isObject(toolUse) && toolUse["type"] === undefined) {
    block.isTool = true;
    const part = partOf(state, payload, "tool");
    return [{ type: "tool-call", choice: 0, part, id: textOf(toolUse["toolUseId"]), name: textOf(toolUse["name"]) }];
  }
  if (Object.keys(start).length > 0) block.raw = structuredClone(start);
  return [];
}

function readDelta(state: EventState, payload: JsonObject): ReplyEvent[] {
  const delta = isObject(payload["delta"]) ? payload["delta"] : {};
  const { text, toolUse, toolResult, reasoningContent, citation } = delta;
  const block = state.blocks.get(indexOf(payload));
  if (typeof text === "string")
    return text === "" ? [] : [{ type: "text", choice: 0, part: partOf(state, payload, "text"), text }];
  if (isObject(reasoningContent)) return readReasoning(state, payload, reasoningContent);
  if (isObject(citation))
    return [{ type: "citation", choice: 0, part: partOf(state, payload, "text"), citation: parseCitation(citation) }];
  if (isObject(toolUse) && block) {
    const json = textOf(toolUse["input"]);
    block.json += json;
    if (!block.isTool || json === "") return [];
    return [{ type: "arguments", choice: 0, part: partOf(state, payload, "tool"), json }];
  }
  if (Array.isArray(toolResult) && isObject(block?.raw?.["toolResult"])) addResult(block.raw["toolResult"], toolResult);
  return [];
}

function addResult(result: JsonObject, blocks: Json[]): void {
  const { content: before } = result;
  result["content"] = [...(Array.isArray(before) ? before : []), ...blocks];
}

function readReasoning(state: EventState, payload: JsonObject, delta: JsonObject): ReplyEvent[] {
  const { text, signature, redactedContent } = delta;
  const events: ReplyEvent[] = [];
  const at = () => ({ choice: 0, part: partOf(state, payload, "reasoning") });
  if (typeof text === "string" && text !== "") events.push({ type: "reasoning", ...at(), text });
  const signed = unwrapSignature(textOf(signature), "bedrock");
  if (signed) events.push({ type: "signature", ...at(), signature: signed });
  const data = unwrapSignature(textOf(redactedContent), "bedrock");
  if (data) events.push({ type: "redacted-reasoning", ...at(), data });
  return events;
}

function readStop(state: EventState, payload: JsonObject): ReplyEvent[] {
  const block = state.blocks.get(indexOf(payload));
  state.blocks.delete(indexOf(payload));
  if (block?.isTool)
    // A tool without arguments may come without any delta.
    return block.json === ""
      ? [{ type: "arguments", choice: 0, part: partOf(state, payload, "tool"), json: "{}" }]
      : [];
  if (!block?.raw) return [];
  const { toolUse } = block.raw;
  if (isObject(toolUse)) toolUse["input"] = parseObject(block.json) ?? block.json;
  const kind = Object.keys(block.raw)[0] ?? "block";
  const media = { type: "opaque", dialect: "bedrock-converse", kind, raw: block.raw } as const;
  return [{ type: "media", choice: 0, part: partOf(state, payload, "opaque"), media }];
}
