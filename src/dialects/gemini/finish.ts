import type { FinishReason } from "../../canonical/chat.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content-filter",
  RECITATION: "content-filter",
  BLOCKLIST: "content-filter",
  PROHIBITED_CONTENT: "content-filter",
  SPII: "content-filter",
  MODEL_ARMOR: "content-filter",
  IMAGE_SAFETY: "content-filter",
  IMAGE_PROHIBITED_CONTENT: "content-filter",
  IMAGE_RECITATION: "content-filter",
};

const WIRE: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
  refusal: "SAFETY",
  pause: "OTHER",
  other: "OTHER",
};

/** Gemini says STOP after function calls as well. */
export function parseFinish(raw: string, called: boolean): FinishReason {
  const unified = UNIFIED[raw] ?? "other";
  return { unified: called && unified === "stop" ? "tool-calls" : unified, raw };
}

/** Google's own word stays; a foreign one is translated. */
export function formatFinish({ unified, raw }: FinishReason): string {
  const own = /^[A-Z][A-Z_]+$/.test(raw) && (UNIFIED[raw] ?? "other") === (unified === "tool-calls" ? "stop" : unified);
  return own ? raw : WIRE[unified];
}
