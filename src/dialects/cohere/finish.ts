import type { FinishReason } from "../../canonical/chat.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool-calls",
  ERROR_TOXIC: "content-filter",
};

const WIRE: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  "tool-calls": "TOOL_CALL",
  "content-filter": "ERROR_TOXIC",
  refusal: "COMPLETE",
  pause: "COMPLETE",
  other: "COMPLETE",
};

export function parseFinish(raw: string): FinishReason {
  return { unified: UNIFIED[raw] ?? "other", raw };
}

export function formatFinish({ unified, raw }: FinishReason): string {
  return UNIFIED[raw] === unified ? raw : WIRE[unified];
}

/** Ends that are no answer: the model failed, or took too long. */
export function isFailedFinish(raw: string): boolean {
  return raw === "ERROR" || raw === "TIMEOUT";
}
