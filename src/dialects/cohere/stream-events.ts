/** The events of a stream into canonical ones, one event after the other. */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { FrameRead } from "../event-pieces.ts";
import { isObject, textOf } from "../json-object.ts";
import { parseCitation } from "./citations.ts";
import { inBandFailure } from "./errors.ts";
import { isFailedFinish, parseFinish } from "./finish.ts";
import { parseLogprobs } from "./logprobs.ts";
import { parseUsage } from "./usage.ts";

export interface EventState {
  contentSeen: boolean;
  /** Parts by kind and wire index: blocks and tool calls are counted apart. */
  parts: Map<string, number>;
  /** Calls of which no argument has come yet. */
  emptyCalls: Set<number>;
}

export function readEvent(state: EventState, event: JsonObject): FrameRead {
  const delta = isObject(event["delta"]) ? event["delta"] : {};
  const message = isObject(delta["message"]) ? delta["message"] : {};
  switch (event["type"]) {
    case "message-start":
      return { mark: "start", events: [{ type: "start", id: textOf(event["id"]), model: "" }] };
    case "content-start":
    case "content-delta":
      return content(state, readContent(state, event, message["content"], event["logprobs"]));
    case "tool-plan-delta":
      return content(state, text(state, "plan", textOf(message["tool_plan"])));
    case "tool-call-start":
      return content(state, readCallStart(state, event, message["tool_calls"]));
    case "tool-call-delta":
      return content(state, readCallDelta(state, event, message["tool_calls"]));
    case "tool-call-end":
      return content(state, readCallEnd(state, event));
    case "citation-start":
      return content(state, readCitation(state, message["citations"]));
    case "message-end":
      return readEnd(delta);
    default:
      // A gateway in between may answer with a bare error.
      return typeof event["type"] !== "string" && textOf(event["message"]) !== ""
        ? failed(event)
        : { mark: "other", events: [] };
  }
}

function content(state: EventState, events: ReplyEvent[]): FrameRead {
  if (events.length > 0) state.contentSeen = true;
  return { mark: state.contentSeen ? "content" : "other", events };
}

/** Parts are counted when something of them is told, so that an empty block leaves no hole. */
function partOf(state: EventState, key: string): number {
  const part = state.parts.get(key) ?? state.parts.size;
  state.parts.set(key, part);
  return part;
}

function text(state: EventState, key: string, value: string): ReplyEvent[] {
  return value === "" ? [] : [{ type: "text", choice: 0, part: partOf(state, key), text: value }];
}

function readContent(
  state: EventState,
  event: JsonObject,
  block: Json | undefined,
  logprobs: Json | undefined,
): ReplyEvent[] {
  const { text: said, thinking } = isObject(block) ? block : {};
  const index = Number(event["index"] ?? 0);
  const events = text(state, `text ${index}`, textOf(said));
  if (textOf(thinking) !== "")
    events.push({ type: "reasoning", choice: 0, part: partOf(state, `thinking ${index}`), text: textOf(thinking) });
  const tokens = logprobs === undefined || logprobs === null ? [] : parseLogprobs(logprobs);
  if (tokens.length > 0) events.push({ type: "logprobs", choice: 0, tokens });
  return events;
}

function callPart(state: EventState, event: JsonObject): number {
  return partOf(state, `call ${Number(event["index"] ?? 0)}`);
}

function functionOf(call: Json | undefined): JsonObject {
  return isObject(call) && isObject(call["function"]) ? call["function"] : {};
}

function readCallStart(state: EventState, event: JsonObject, call: Json | undefined): ReplyEvent[] {
  const part = callPart(state, event);
  const { name, arguments: json } = functionOf(call);
  const id = isObject(call) ? textOf(call["id"]) : "";
  state.emptyCalls.add(part);
  return [{ type: "tool-call", choice: 0, part, id, name: textOf(name) }, ...argumentsOf(state, part, json)];
}

function readCallDelta(state: EventState, event: JsonObject, call: Json | undefined): ReplyEvent[] {
  return argumentsOf(state, callPart(state, event), functionOf(call)["arguments"]);
}

function argumentsOf(state: EventState, part: number, json: Json | undefined): ReplyEvent[] {
  if (textOf(json) === "") return [];
  state.emptyCalls.delete(part);
  return [{ type: "arguments", choice: 0, part, json: textOf(json) }];
}

/** A tool without arguments comes without any delta. */
function readCallEnd(state: EventState, event: JsonObject): ReplyEvent[] {
  const part = callPart(state, event);
  return state.emptyCalls.delete(part) ? [{ type: "arguments", choice: 0, part, json: "{}" }] : [];
}

function readCitation(state: EventState, wire: Json | undefined): ReplyEvent[] {
  if (!isObject(wire)) return [];
  const named = state.parts.get(`text ${Number(wire["content_index"] ?? -1)}`);
  const last = [...state.parts].findLast(([key]) => key.startsWith("text "))?.[1];
  const part = named ?? last;
  return part === undefined ? [] : [{ type: "citation", choice: 0, part, citation: parseCitation(wire) }];
}

function readEnd(delta: JsonObject): FrameRead {
  const raw = textOf(delta["finish_reason"]);
  if (isFailedFinish(raw) || textOf(delta["error"]) !== "") return failed({ message: delta["error"] ?? raw });
  const reason = parseFinish(raw);
  const usage = parseUsage(delta["usage"]);
  return {
    mark: "finish",
    finish: reason,
    ...(usage && { usage }),
    events: [{ type: "finish", choice: 0, reason }, ...(usage ? [{ type: "usage", usage } as const] : [])],
  };
}

function failed(body: JsonObject): FrameRead {
  const failure = inBandFailure(body);
  return { mark: "error", failure, events: [{ type: "error", failure }] };
}
