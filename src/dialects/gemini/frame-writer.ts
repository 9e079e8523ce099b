/**
 * Writes canonical events as chunks. A function call is written whole, so its arguments are gathered; finish, usage and
 * citations come in any order from other dialects and stand in the last chunk, where Gemini's clients look for them.
 */
import type { Citation, FinishReason, JsonObject, Signature } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import { NO_USAGE, type Usage } from "../../canonical/usage.ts";
import type { FrameWriter, WriterOptions } from "../dialect.ts";
import { sseFrames } from "../sse.ts";
import { callPart, mediaPart, redactedPart, textPart } from "./candidate-parts.ts";
import { formatCitations } from "./citations.ts";
import { formatFinish } from "./finish.ts";
import { frameJson } from "./frame-reader.ts";
import { stringOf } from "./json.ts";
import { formatLogprobs } from "./logprobs.ts";
import { formatUsage } from "./usage.ts";

interface PendingCall {
  id: string;
  name: string;
  arguments: string;
  custom?: boolean;
  signature?: Signature;
}

interface Candidate {
  calls: Map<number, PendingCall>;
  callsWritten: number;
  /** Kinds of the parts begun, for signatures that follow them. */
  kinds: Map<number, "text" | "reasoning">;
  text: string;
  citations: Citation[];
  finish: FinishReason | undefined;
}

interface Stream {
  options: WriterOptions;
  id: string | undefined;
  model: string;
  candidates: Map<number, Candidate>;
  usage: Usage | undefined;
  out: string;
}

export function frameWriter(options: WriterOptions): FrameWriter {
  const stream: Stream = { options, id: undefined, model: "", candidates: new Map(), usage: undefined, out: "" };
  const take = () => {
    const bytes = Buffer.from(stream.out);
    stream.out = "";
    return bytes;
  };
  return {
    write(events) {
      for (const event of events) writeEvent(stream, event);
      return take();
    },
    end() {
      for (const [index, candidate] of stream.candidates) writeCalls(stream, index, candidate, () => true);
      writeLast(stream);
      return take();
    },
    resume(sent) {
      for (const piece of sent)
        for (const frame of piece.bytes ? sseFrames(piece.bytes) : []) {
          const chunk = frameJson(frame);
          if (!chunk || chunk["candidates"] === undefined) continue;
          stream.id ??= stringOf(chunk["responseId"]);
          stream.model ||= stringOf(chunk["modelVersion"]);
        }
    },
  };
}

function writeEvent(stream: Stream, event: ReplyEvent): void {
  switch (event.type) {
    case "start":
      stream.id ??= event.id;
      stream.model ||= event.model;
      break;
    case "usage":
      stream.usage = event.usage;
      break;
    case "error":
      break;
    default:
      writeChoice(stream, event, candidateOf(stream, event.choice));
  }
}

type ChoiceEvent = Extract<ReplyEvent, { choice: number }>;

function writeChoice(stream: Stream, event: ChoiceEvent, candidate: Candidate): void {
  const { choice } = event;
  switch (event.type) {
    case "text":
    case "refusal":
      writeCalls(stream, choice, candidate, isWhole);
      candidate.kinds.set(event.part, "text");
      if (event.type === "text") candidate.text += event.text;
      if (event.text !== "") writeParts(stream, choice, [textPart(event.text, false)]);
      break;
    case "reasoning":
      candidate.kinds.set(event.part, "reasoning");
      if (event.text !== "") writeParts(stream, choice, [textPart(event.text, true)]);
      break;
    case "redacted-reasoning":
      writeParts(stream, choice, [redactedPart(event.data)]);
      break;
    case "signature":
      writeSignature(stream, event, candidate);
      break;
    case "tool-call":
      writeCalls(stream, choice, candidate, isWhole);
      candidate.calls.set(event.part, { id: event.id, name: event.name, arguments: "", custom: event.custom });
      break;
    case "arguments": {
      const call = candidate.calls.get(event.part);
      if (call) call.arguments += event.json;
      break;
    }
    case "media": {
      const part = mediaPart(event.media);
      if (part) writeParts(stream, choice, [part]);
      break;
    }
    case "citation":
      candidate.citations.push(event.citation);
      break;
    case "logprobs":
      writeChunk(stream, [{ index: choice, logprobsResult: formatLogprobs(event.tokens) }]);
      break;
    case "finish":
      candidate.finish = event.reason;
      break;
    default:
      event satisfies never;
  }
}

/** A signature of text or thoughts closes them: it stands in a part without text. */
function writeSignature(stream: Stream, event: Extract<ReplyEvent, { type: "signature" }>, candidate: Candidate): void {
  const call = candidate.calls.get(event.part);
  if (call) call.signature = event.signature;
  else {
    const thought = candidate.kinds.get(event.part) !== "text";
    writeParts(stream, event.choice, [textPart("", thought, event.signature)]);
  }
}

/** A signature may still come for a call whose arguments are whole, so calls wait for what comes next. */
function writeCalls(stream: Stream, index: number, candidate: Candidate, ready: (call: PendingCall) => boolean): void {
  const parts: JsonObject[] = [];
  for (const [part, call] of candidate.calls) {
    if (!ready(call)) break;
    const place = { responseId: stream.id ?? "", candidate: index, callIndex: candidate.callsWritten };
    parts.push(callPart(call, place));
    candidate.callsWritten += 1;
    candidate.calls.delete(part);
  }
  if (parts.length > 0) writeParts(stream, index, parts);
}

function isWhole(call: PendingCall): boolean {
  if (call.custom || !call.arguments.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(call.arguments);
    return true;
  } catch {
    return false;
  }
}

function candidateOf(stream: Stream, index: number): Candidate {
  let candidate = stream.candidates.get(index);
  if (!candidate) {
    candidate = { calls: new Map(), callsWritten: 0, kinds: new Map(), text: "", citations: [], finish: undefined };
    stream.candidates.set(index, candidate);
  }
  return candidate;
}

function writeParts(stream: Stream, index: number, parts: JsonObject[]): void {
  writeChunk(stream, [{ content: { parts, role: "model" }, index }]);
}

function writeLast(stream: Stream): void {
  if (stream.candidates.size === 0) candidateOf(stream, 0);
  const candidates = [...stream.candidates].map(([index, { finish, citations, text }]) => ({
    content: { parts: [{ text: "" }], role: "model" },
    finishReason: finish ? formatFinish(finish) : "STOP",
    index,
    ...formatCitations(citations, text),
  }));
  writeChunk(stream, candidates, { usageMetadata: formatUsage(stream.usage ?? NO_USAGE) });
}

function writeChunk(stream: Stream, candidates: JsonObject[], fields: JsonObject = {}): void {
  const named = { modelVersion: stream.model, responseId: stream.id || stream.options.requestId };
  stream.out += `data: ${JSON.stringify({ candidates, ...fields, ...named })}\n\n`;
}
