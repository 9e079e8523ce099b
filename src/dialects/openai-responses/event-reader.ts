/** Stream events of the wire into canonical ones. Every output item but a message is one part. */
import type { Json, JsonObject, Part } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { EventReader } from "../../canonical/reply.ts";
import { isObject, parseObject, textOf } from "../json-object.ts";
import { sseFrames } from "../sse.ts";
import { parseAnnotation } from "./citations.ts";
import { streamFailure } from "./errors.ts";
import { parseLogprobs } from "./logprobs.ts";
import { parseCall, parseOutput, SUMMARY_GAP, signatureOf } from "./output-parts.ts";
import { ownExtras } from "./reply.ts";
import { asksForTools, parseFinish } from "./status.ts";
import { parseUsage } from "./usage.ts";

/** What has been told of one output item. */
interface Item {
  /** Part numbers by content index; a reasoning item or a call has one. */
  parts: Map<number, number>;
  /** Anything at all: what comes only in the item's end is told then. */
  told: boolean;
  /** Its arguments, or logprobs, have been. */
  detailTold: boolean;
  /** The place in a reasoning item that the last delta continued. */
  section?: string;
}

interface State {
  started: boolean;
  nextPart: number;
  items: Map<number, Item>;
  calls: boolean;
  /** The last part that may carry a signature of Gemini's. */
  lastPart: { part: number; signable: boolean } | undefined;
  out: ReplyEvent[];
}

export function eventReader(): EventReader {
  const state: State = {
    started: false,
    nextPart: 0,
    items: new Map(),
    calls: false,
    lastPart: undefined,
    out: [],
  };
  return (piece) => {
    // Looked at once: a whole answer makes its events on first use.
    const given = piece.events;
    if (given) return given;
    state.out = [];
    if (piece.bytes)
      for (const { data } of sseFrames(piece.bytes)) {
        const event = data === undefined ? undefined : parseObject(data);
        if (event) readEvent(state, event);
      }
    if (piece.failure && state.out.at(-1)?.type !== "error") state.out.push({ type: "error", failure: piece.failure });
    return state.out;
  };
}

function readEvent(state: State, event: JsonObject): void {
  const { response } = event;
  if (isObject(response)) start(state, response);
  switch (event["type"]) {
    case "response.output_item.added":
      readAdded(state, event);
      break;
    case "response.output_text.delta":
    case "response.refusal.delta":
      readText(state, event);
      break;
    case "response.output_text.done":
      readLogprobs(state, event);
      break;
    case "response.output_text.annotation.added":
      if (isObject(event["annotation"])) {
        const citation = parseAnnotation(event["annotation"]);
        state.out.push({ type: "citation", choice: 0, part: partOf(state, event), citation });
      }
      break;
    case "response.reasoning_summary_text.delta":
      readReasoning(state, event, `summary ${event["summary_index"]}`);
      break;
    case "response.reasoning_text.delta":
      readReasoning(state, event, `content ${event["content_index"]}`);
      break;
    case "response.function_call_arguments.delta":
    case "response.custom_tool_call_input.delta":
      readArguments(state, itemOf(state, event), textOf(event["delta"]));
      break;
    case "response.output_item.done":
      readDone(state, event);
      break;
    case "response.completed":
    case "response.incomplete":
      if (isObject(response)) readEnd(state, response);
      break;
    case "response.failed":
    case "error":
      state.out.push({ type: "error", failure: streamFailure(event) });
      break;
    default:
      if (isObject(event["error"]) && event["type"] === undefined)
        state.out.push({ type: "error", failure: streamFailure(event) });
  }
}

function start(state: State, response: JsonObject): void {
  if (state.started) return;
  state.started = true;
  const { created_at: created } = response;
  const extra = ownExtras(response);
  state.out.push({
    type: "start",
    id: textOf(response["id"]),
    model: textOf(response["model"]),
    ...(typeof created === "number" && { createdSeconds: created }),
    ...(extra && { extra }),
  });
}

function readEnd(state: State, response: JsonObject): void {
  const reason = parseFinish(response, state.calls || asksForTools(response["output"]));
  state.out.push({ type: "finish", choice: 0, reason });
  const usage = parseUsage(response);
  if (usage) state.out.push({ type: "usage", usage });
}

function itemOf(state: State, event: JsonObject): Item {
  const index = Number(event["output_index"] ?? 0);
  let item = state.items.get(index);
  if (!item) {
    item = { parts: new Map(), told: false, detailTold: false };
    state.items.set(index, item);
  }
  return item;
}

/** The part that an event speaks of, made on first use. */
function partOf(state: State, event: JsonObject): number {
  return numberOf(state, itemOf(state, event), Number(event["content_index"] ?? 0), true);
}

function numberOf(state: State, item: Item, content: number, signable: boolean): number {
  item.told = true;
  let part = item.parts.get(content);
  if (part === undefined) {
    part = state.nextPart++;
    item.parts.set(content, part);
    state.lastPart = { part, signable };
  }
  return part;
}

function readAdded(state: State, event: JsonObject): void {
  const { item: wire } = event;
  if (!isObject(wire) || (wire["type"] !== "function_call" && wire["type"] !== "custom_tool_call")) return;
  state.calls = true;
  const { id, name, custom, namespace, arguments: text } = parseCall(wire);
  const item = itemOf(state, event);
  const part = numberOf(state, item, 0, true);
  state.out.push({
    type: "tool-call",
    choice: 0,
    part,
    id,
    name,
    ...(custom && { custom }),
    ...(namespace !== undefined && { namespace }),
  });
  // Servers that do not stream arguments have them here already.
  readArguments(state, item, text);
}

function readArguments(state: State, item: Item, json: string): void {
  if (json === "" || !item.parts.has(0)) return;
  item.detailTold = true;
  state.out.push({ type: "arguments", choice: 0, part: numberOf(state, item, 0, true), json });
}

function readText(state: State, event: JsonObject): void {
  const text = textOf(event["delta"]);
  const type = event["type"] === "response.refusal.delta" ? "refusal" : "text";
  if (text !== "") state.out.push({ type, choice: 0, part: partOf(state, event), text });
  readLogprobs(state, event);
}

/** With the deltas, or once at the text's end. */
function readLogprobs(state: State, event: JsonObject): void {
  const item = itemOf(state, event);
  const ended = event["type"] === "response.output_text.done";
  if (ended && item.detailTold) return;
  const tokens = parseLogprobs(event["logprobs"]);
  if (tokens.length === 0) return;
  item.detailTold = true;
  state.out.push({ type: "logprobs", choice: 0, tokens });
}

function readReasoning(state: State, event: JsonObject, section: string): void {
  const delta = textOf(event["delta"]);
  if (delta === "") return;
  const item = itemOf(state, event);
  const gap = item.section !== undefined && item.section !== section ? SUMMARY_GAP : "";
  item.section = section;
  state.out.push({ type: "reasoning", choice: 0, part: numberOf(state, item, 0, false), text: gap + delta });
}

/** The end of an item tells its signature, and all that had no events of its own. */
function readDone(state: State, event: JsonObject): void {
  const { item: wire } = event;
  if (!isObject(wire)) return;
  const item = itemOf(state, event);
  if (!item.told) {
    tellWhole(state, item, wire);
    return;
  }
  if (wire["type"] === "reasoning") {
    const signature = signatureOf(wire["encrypted_content"]);
    const part = numberOf(state, item, 0, false);
    if (signature) state.out.push({ type: "signature", choice: 0, part, signature });
  } else if (!item.detailTold && (wire["type"] === "function_call" || wire["type"] === "custom_tool_call"))
    readArguments(state, item, parseCall(wire).arguments);
}

function tellWhole(state: State, item: Item, wire: JsonObject): void {
  const { parts, logprobs } = parseOutput([wire as Json]);
  for (const part of parts) {
    const before = state.lastPart;
    if (part.type === "reasoning" && part.redacted?.origin === "gemini" && before?.signable) {
      state.out.push({ type: "signature", choice: 0, part: before.part, signature: part.redacted });
      before.signable = false;
      continue;
    }
    tellPart(state, numberOf(state, item, item.parts.size, part.type === "text" || part.type === "tool-call"), part);
  }
  if (logprobs.length > 0) state.out.push({ type: "logprobs", choice: 0, tokens: logprobs });
}

function tellPart(state: State, part: number, value: Part): void {
  const at = { choice: 0, part };
  switch (value.type) {
    case "text":
      state.out.push({ type: "text", ...at, text: value.text });
      for (const citation of value.citations ?? []) state.out.push({ type: "citation", ...at, citation });
      break;
    case "refusal":
      state.out.push({ type: "refusal", ...at, text: value.text });
      break;
    case "reasoning":
      if (value.redacted) state.out.push({ type: "redacted-reasoning", ...at, data: value.redacted });
      else state.out.push({ type: "reasoning", ...at, text: value.text });
      if (value.signature) state.out.push({ type: "signature", ...at, signature: value.signature });
      break;
    case "tool-call":
      state.calls = true;
      state.out.push({
        type: "tool-call",
        ...at,
        id: value.id,
        name: value.name,
        ...(value.custom && { custom: true }),
        ...(value.namespace !== undefined && { namespace: value.namespace }),
      });
      if (value.arguments !== "") state.out.push({ type: "arguments", ...at, json: value.arguments });
      break;
    default:
      state.out.push({ type: "media", ...at, media: value });
  }
}
