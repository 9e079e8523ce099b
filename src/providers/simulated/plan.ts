/** Turns an answer and a fault into what happens on the wire, step by step. Pure: nothing is sent or waited for here. */
import type { JsonObject } from "../../canonical/chat.ts";
import type { SimulatedFault } from "./faults.ts";
import type { Frame, WireAnswer, WireDialect, WireRequest } from "./wire.ts";

export type End = "clean" | "fin" | "rst";

export type Step =
  | { bytes: Uint8Array }
  /** Absent: until the connection is gone. */
  | { waitMs: number | undefined }
  | { end: End };

const encoder = new TextEncoder();

/** @param tokenMs pace of the answer, 0 for all at once. */
export function planStream(
  dialect: WireDialect,
  answer: WireAnswer,
  request: WireRequest,
  fault: SimulatedFault,
  tokenMs: number,
): Step[] {
  const steps: Step[] = [];
  const send = (frame: string | Uint8Array) => {
    const events = dialect.streamContentType === undefined;
    const text = typeof frame === "string" && events ? spelled(frame, fault) : frame;
    steps.push({ bytes: typeof text === "string" ? encoder.encode(text) : text });
  };
  if (fault.errorEvent?.afterTokens === 0) {
    send(dialect.errorFrame(fault.errorEvent.error ?? "overloaded"));
    return [...steps, { end: "clean" }];
  }
  const frames = dialect.stream(answer, request).filter(({ kind }) => !isOmitted(kind, fault));
  let tokens = 0;
  let over = false;
  for (const frame of frames) {
    const { kind } = frame;
    if (kind === "content" || kind === "finish" || kind === "usage" || kind === "done") {
      over = strike(dialect, fault, tokens, kind !== "content", steps, send);
      if (over) break;
    }
    if (kind === "content") {
      const waitMs = (tokens === 0 ? (fault.firstTokenDelayMs ?? 0) : 0) + (fault.tokenDelayMs ?? tokenMs);
      if (waitMs > 0) steps.push({ waitMs });
      tokens += 1;
    }
    if (fault.comments && !dialect.streamContentType) send(": ping\n\n");
    send(frame.text);
  }
  if (!over) steps.push({ end: "clean" });
  return steps;
}

/** An answer in one piece. Faults that count tokens strike in its middle. */
export function planWhole(dialect: WireDialect, answer: WireAnswer, fault: SimulatedFault, tokenMs: number): Step[] {
  const { errorEvent } = fault;
  const body = errorEvent ? dialect.error(errorEvent.error ?? "overloaded", {}).body : dialect.whole(answer);
  const text = JSON.stringify(errorEvent ? body : withOmissions(body, fault));
  const bytes = encoder.encode(fault.malformedEvent ? text.slice(0, -2) : text);
  const middle = bytes.byteLength >> 1;
  const waitMs = (fault.firstTokenDelayMs ?? 0) + answer.text.length * (fault.tokenDelayMs ?? tokenMs);
  const steps: Step[] = waitMs > 0 ? [{ waitMs }] : [];
  const { cut, stall } = fault;
  if (cut && cut.atByte === undefined) return [...steps, { bytes: bytes.subarray(0, middle) }, { end: cut.how }];
  if (!stall) return [...steps, { bytes }, { end: "clean" }];
  steps.push({ bytes: bytes.subarray(0, middle) }, { waitMs: stall.ms });
  if (stall.end) return [...steps, { end: stall.end }];
  return [...steps, { bytes: bytes.subarray(middle) }, { end: "clean" }];
}

/** What a fault does once `tokens` have been sent; true when that was the end. */
function strike(
  dialect: WireDialect,
  fault: SimulatedFault,
  tokens: number,
  noMoreTokens: boolean,
  steps: Step[],
  send: (frame: string | Uint8Array) => void,
): boolean {
  // Whoever asks for more tokens than there are is served before the finish.
  const due = (after: number | undefined) =>
    after !== undefined && (after === tokens || (noMoreTokens && after > tokens && after !== Number.POSITIVE_INFINITY));
  const { malformedEvent, errorEvent, stall, cut } = fault;
  if (due(malformedEvent?.afterTokens)) send(dialect.brokenFrame ?? BROKEN_EVENT);
  if (due(errorEvent?.afterTokens)) {
    send(dialect.errorFrame(errorEvent?.error ?? "overloaded"));
    steps.push({ end: "clean" });
    return true;
  }
  if (stall && due(stall.afterTokens)) {
    steps.push({ waitMs: stall.ms });
    if (stall.end) {
      steps.push({ end: stall.end });
      return true;
    }
  }
  if (!cut || !due(cut.afterTokens)) return false;
  steps.push({ end: cut.how });
  return true;
}

const BROKEN_EVENT = 'data: {"id": "broken", "choices": [{"delta": {"cont\n\n';

function isOmitted(kind: Frame["kind"], { omit }: SimulatedFault): boolean {
  return (omit as readonly string[] | undefined)?.includes(kind) ?? false;
}

function withOmissions(body: JsonObject, { omit }: SimulatedFault): JsonObject {
  const result = structuredClone(body);
  if (omit?.includes("usage")) for (const name of USAGE_FIELDS) delete result[name];
  if (!omit?.includes("finish")) return result;
  for (const name of FINISH_FIELDS) if (name in result) result[name] = null;
  for (const choice of (result["choices"] ?? []) as JsonObject[]) choice["finish_reason"] = null;
  for (const candidate of (result["candidates"] ?? []) as JsonObject[]) delete candidate["finishReason"];
  return result;
}

const USAGE_FIELDS = ["usage", "usageMetadata", "prompt_eval_count", "eval_count"];
const FINISH_FIELDS = ["stop_reason", "stopReason", "finish_reason", "done_reason"];

const LINE_ENDS = { lf: "\n", crlf: "\r\n", cr: "\r" } as const;

function spelled(text: string, { noSpace, lineEnd }: SimulatedFault): string {
  const fields = noSpace ? text.replace(/^(data|event): /gm, "$1:") : text;
  return lineEnd ? fields.replaceAll("\n", LINE_ENDS[lineEnd]) : fields;
}
