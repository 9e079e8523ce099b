/**
 * A `GenerateContentResponse` into events: a whole answer is one of them, a stream several. Old answers of Vertex say
 * `finishReason: STOP` in every chunk, so a finish is held until the reply has ended.
 */
import type { FinishReason, Json, JsonObject } from "../../canonical/chat.ts";
import type { ReplyEvent } from "../../canonical/events.ts";
import type { Usage } from "../../canonical/usage.ts";
import { replyCallId } from "./call-ids.ts";
import { parseCitations } from "./citations.ts";
import { parseFinish } from "./finish.ts";
import { isObject, objectsOf, rest, stringOf } from "./json.ts";
import { parseLogprobs } from "./logprobs.ts";
import { type CallIds, parsePart, partsOf } from "./parse-part.ts";
import { parseUsage } from "./usage.ts";

export interface ChunkReader {
  read(chunk: JsonObject): ReplyEvent[];
  /** What was held: usage and a finish for every candidate that had one. */
  end(): ReplyEvent[];
}

interface Candidate {
  nextPart: number;
  /** The text or thought that the next piece of the same kind continues. */
  open: { kind: "text" | "reasoning"; part: number } | undefined;
  lastText: number | undefined;
  text: string[];
  calls: number;
  finish: FinishReason | undefined;
}

interface State {
  started: boolean;
  responseId: string;
  candidates: Map<number, Candidate>;
  usage: Usage | undefined;
}

export function chunkReader(): ChunkReader {
  const state: State = { started: false, responseId: "", candidates: new Map(), usage: undefined };
  return {
    read(chunk) {
      const out: ReplyEvent[] = [];
      if (!state.started) readStart(state, chunk, out);
      state.usage = parseUsage(chunk["usageMetadata"]) ?? state.usage;
      for (const [place, wire] of objectsOf(chunk["candidates"]).entries()) {
        const index = typeof wire["index"] === "number" ? wire["index"] : place;
        readCandidate(state, index, wire, out);
      }
      return out;
    },
    end() {
      const out: ReplyEvent[] = [];
      for (const [choice, { finish }] of state.candidates)
        if (finish) out.push({ type: "finish", choice, reason: finish });
      if (state.usage) out.push({ type: "usage", usage: state.usage });
      return out;
    },
  };
}

const OWN_FIELDS = ["candidates", "usageMetadata", "modelVersion", "responseId", "promptFeedback"];

function readStart(state: State, chunk: JsonObject, out: ReplyEvent[]): void {
  state.started = true;
  state.responseId = stringOf(chunk["responseId"]);
  const extra = rest(chunk, OWN_FIELDS);
  out.push({
    type: "start",
    id: state.responseId,
    model: stringOf(chunk["modelVersion"]),
    ...(extra && { extra }),
  });
}

function readCandidate(state: State, choice: number, wire: JsonObject, out: ReplyEvent[]): void {
  const candidate = candidateOf(state, choice);
  const ids: CallIds = {
    ofCall(_name, id) {
      candidate.calls += 1;
      return id ?? replyCallId(state.responseId, choice, candidate.calls - 1);
    },
    ofResult: (_name, id) => id ?? "",
  };
  for (const part of partsOf(wire["content"])) readPart(candidate, choice, part, ids, out);
  for (const citation of parseCitations(wire, candidate.text.join(""))) {
    candidate.lastText ??= candidate.nextPart++;
    out.push({ type: "citation", choice, part: candidate.lastText, citation });
  }
  const tokens = parseLogprobs(wire["logprobsResult"]);
  if (tokens.length > 0) out.push({ type: "logprobs", choice, tokens });
  const finish = finishOf(wire["finishReason"]);
  if (finish !== undefined) candidate.finish = parseFinish(finish, candidate.calls > 0);
}

function candidateOf(state: State, index: number): Candidate {
  let candidate = state.candidates.get(index);
  if (!candidate) {
    candidate = { nextPart: 0, open: undefined, lastText: undefined, text: [], calls: 0, finish: undefined };
    state.candidates.set(index, candidate);
  }
  return candidate;
}

/** The word of a finish; the enum's zero stands for none. */
export function finishOf(wire: Json | undefined): string | undefined {
  return typeof wire === "string" && wire !== "" && wire !== "FINISH_REASON_UNSPECIFIED" ? wire : undefined;
}

function readPart(candidate: Candidate, choice: number, wire: JsonObject, ids: CallIds, out: ReplyEvent[]): void {
  const part = parsePart(wire, ids);
  switch (part.type) {
    case "text":
    case "reasoning": {
      if (part.type === "reasoning" && part.redacted) {
        candidate.open = undefined;
        out.push({ type: "redacted-reasoning", choice, part: candidate.nextPart++, data: part.redacted });
        return;
      }
      if (part.text === "" && !part.signature) return;
      if (candidate.open?.kind !== part.type) candidate.open = { kind: part.type, part: candidate.nextPart++ };
      const at = { choice, part: candidate.open.part };
      if (part.type === "text") {
        candidate.lastText = at.part;
        candidate.text.push(part.text);
      }
      if (part.text !== "" || part.type === "text") out.push({ type: part.type, ...at, text: part.text });
      if (!part.signature) return;
      out.push({ type: "signature", ...at, signature: part.signature });
      candidate.open = undefined;
      return;
    }
    case "tool-call": {
      const at = { choice, part: candidate.nextPart++ };
      candidate.open = undefined;
      out.push({ type: "tool-call", ...at, id: part.id, name: part.name });
      if (part.arguments !== "") out.push({ type: "arguments", ...at, json: part.arguments });
      if (part.signature) out.push({ type: "signature", ...at, signature: part.signature });
      return;
    }
    default:
      candidate.open = undefined;
      out.push({ type: "media", choice, part: candidate.nextPart++, media: part });
  }
}

/** Whether a candidate says something by itself. */
export function hasContent(chunk: JsonObject): boolean {
  return objectsOf(chunk["candidates"]).some((candidate) =>
    partsOf(candidate["content"]).some((part) =>
      Object.entries(part).some(([key, value]) =>
        key === "text" ? value !== "" : isObject(value) || isSigned(key, value),
      ),
    ),
  );
}

function isSigned(key: string, value: Json): boolean {
  return (key === "thoughtSignature" || key === "thought_signature") && value !== "";
}
