/**
 * Chunks of one reply as canonical events. The wire does not number the parts of an answer; a part ends where another
 * kind begins, or where its signature has come.
 */
import type { JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import { parseAnnotations } from "./annotations.ts";
import { choicesOf, deltaOf, finishOf, indexOf, rawUsageOf } from "./chunk.ts";
import { parseContentList } from "./content-list.ts";
import { parseFinish } from "./finish.ts";
import { isNumber, isObject, isString } from "./json.ts";
import { parseLogprobs } from "./logprobs.ts";
import { parseAudio, parseMediaParts } from "./media.ts";
import { detailSignature, parseDetail } from "./reasoning.ts";
import { parseExtras } from "./reply-extras.ts";
import { argumentsText, googleSignature } from "./tool-calls.ts";
import { type ToolIndexes, toolIndexes } from "./tool-indexes.ts";
import { parseUsage } from "./usage.ts";

type TextKind = "text" | "reasoning" | "refusal";

interface ChoiceState {
  choice: number;
  nextPart: number;
  open?: { kind: TextKind; part: number; text: string };
  lastText?: number;
  tools: ToolIndexes;
  /** Part of each tool call by its index. */
  toolParts: Map<number, number>;
  audio?: { part: number; fields: JsonObject };
  finished: boolean;
}

/** A stateful reader of the chunks of one reply, in order. */
export function chunkEvents(): (chunk: JsonObject) => ReplyEvent[] {
  const choices = new Map<number, ChoiceState>();
  let started = false;
  let extra: JsonObject | undefined;
  let usage: Usage | undefined;
  let toldUsage: string | undefined;

  const stateOf = (choice: number): ChoiceState => {
    let state = choices.get(choice);
    if (!state) {
      state = { choice, nextPart: 0, tools: toolIndexes(), toolParts: new Map(), finished: false };
      choices.set(choice, state);
    }
    return state;
  };

  return (chunk) => {
    const out: ReplyEvent[] = [];
    const wires = choicesOf(chunk);
    const raw = rawUsageOf(chunk);
    if (!started) {
      // Azure's preamble has neither id nor choices; what it says belongs to the reply all the same.
      const more = parseExtras(chunk);
      if (more) extra = { ...extra, ...more };
      if (wires.length === 0 && !raw) return out;
      started = true;
      out.push(startOf(chunk, extra));
    }
    let finishing = false;
    for (const wire of wires) finishing = readChoice(stateOf(indexOf(wire)), wire, out) || finishing;
    if (raw) usage = parseUsage(raw) ?? usage;
    // Counts that grow from chunk to chunk are told once, at the end.
    if (!usage || !(finishing || wires.length === 0)) return out;
    const text = JSON.stringify(usage);
    if (text !== toldUsage) out.push({ type: "usage", usage });
    toldUsage = text;
    return out;
  };
}

function startOf(chunk: JsonObject, extra: JsonObject | undefined): ReplyEvent {
  const { id, model, created } = chunk;
  const start: ReplyEvent = { type: "start", id: isString(id) ? id : "", model: isString(model) ? model : "" };
  if (isNumber(created) && created > 0) start.createdSeconds = created;
  if (extra) start.extra = extra;
  return start;
}

/** True when the choice finishes here. */
function readChoice(state: ChoiceState, wire: JsonObject, out: ReplyEvent[]): boolean {
  const { choice } = state;
  const delta = deltaOf(wire);
  readReasoning(state, delta, out);
  const { content, refusal } = delta;
  if (isString(content)) addText(state, "text", content, out);
  else for (const part of parseContentList(content)) addText(state, part.type, part.text, out);
  if (isString(refusal)) addText(state, "refusal", refusal, out);
  readCalls(state, delta, out);
  readMedia(state, delta, out);
  for (const citation of parseAnnotations(delta["annotations"])) {
    state.lastText ??= state.nextPart++;
    out.push({ type: "citation", choice, part: state.lastText, citation });
  }
  const logprobs = parseLogprobs(wire["logprobs"]);
  if (logprobs && (logprobs.tokens.length > 0 || logprobs.refusal)) out.push({ type: "logprobs", choice, ...logprobs });
  const finish = finishOf(wire);
  if (finish === undefined) return false;
  // OpenRouter repeats the finish in the chunk that carries the usage.
  if (!state.finished) {
    if (state.audio) out.push({ type: "media", choice, part: state.audio.part, media: parseAudio(state.audio.fields) });
    out.push({ type: "finish", choice, reason: parseFinish(finish) });
  }
  state.finished = true;
  return true;
}

function addText(state: ChoiceState, kind: TextKind, text: string, out: ReplyEvent[]): void {
  if (text === "") return;
  if (state.open?.kind !== kind) state.open = { kind, part: state.nextPart++, text: "" };
  if (kind === "reasoning") state.open.text += text;
  if (kind === "text") state.lastText = state.open.part;
  out.push({ type: kind, choice: state.choice, part: state.open.part, text });
}

/** The text of a detail repeats `reasoning` of the same delta, or all of the reasoning so far beside its signature. */
function readReasoning(state: ChoiceState, delta: JsonObject, out: ReplyEvent[]): void {
  const { choice } = state;
  const { reasoning_content: content, reasoning, reasoning_details: details } = delta;
  const text = isString(content) && content !== "" ? content : isString(reasoning) ? reasoning : "";
  addText(state, "reasoning", text, out);
  if (!Array.isArray(details)) return;
  for (const detail of details) {
    if (!isObject(detail)) continue;
    const [part] = parseDetail(detail);
    if (part?.redacted) {
      out.push({ type: "redacted-reasoning", choice, part: state.nextPart++, data: part.redacted });
      state.open = undefined;
      continue;
    }
    const open = state.open?.kind === "reasoning" ? state.open : undefined;
    if (part && text === "" && part.text !== open?.text) addText(state, "reasoning", part.text, out);
    const signature = detailSignature(detail);
    if (!signature) continue;
    const signed = state.open?.kind === "reasoning" ? state.open.part : state.nextPart++;
    out.push({ type: "signature", choice, part: signed, signature });
    state.open = undefined;
  }
}

function readCalls(state: ChoiceState, delta: JsonObject, out: ReplyEvent[]): void {
  const { tool_calls: calls, function_call: legacy } = delta;
  if (Array.isArray(calls)) for (const call of calls) if (isObject(call)) readCall(state, call, out);
  if (isObject(legacy)) readCall(state, { index: 0, function: legacy }, out);
}

function readCall(state: ChoiceState, call: JsonObject, out: ReplyEvent[]): void {
  const { choice } = state;
  const custom = isObject(call["custom"]);
  const wire = call[custom ? "custom" : "function"];
  const inner: JsonObject = isObject(wire) ? wire : {};
  const { index } = state.tools.place(call);
  let part = state.toolParts.get(index);
  if (part === undefined) {
    part = state.nextPart++;
    state.toolParts.set(index, part);
    state.open = undefined;
    const id = isString(call["id"]) && call["id"] !== "" ? call["id"] : `call_${choice}_${index}`;
    const name = isString(inner["name"]) ? inner["name"] : "";
    out.push({ type: "tool-call", choice, part, id, name, ...(custom && { custom }) });
  }
  const json = argumentsText(inner[custom ? "input" : "arguments"]);
  if (json !== "") out.push({ type: "arguments", choice, part, json });
  const signature = googleSignature(call);
  if (signature !== undefined)
    out.push({ type: "signature", choice, part, signature: { origin: "gemini", value: signature } });
}

/** Audio comes in slices of base64 and transcript; it is told whole, before the finish. */
function readMedia(state: ChoiceState, delta: JsonObject, out: ReplyEvent[]): void {
  const { audio, ...others } = delta;
  if (isObject(audio)) {
    state.audio ??= { part: state.nextPart++, fields: {} };
    state.open = undefined;
    const { fields } = state.audio;
    for (const [key, value] of Object.entries(audio)) {
      const before = fields[key];
      fields[key] =
        (key === "data" || key === "transcript") && isString(before) && isString(value) ? before + value : value;
    }
  }
  for (const media of parseMediaParts(others)) {
    out.push({ type: "media", choice: state.choice, part: state.nextPart++, media });
    state.open = undefined;
  }
}
