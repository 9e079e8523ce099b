import type { FinishReason } from "../../canonical/chat.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  guardrail_intervened: "content-filter",
  content_filtered: "content-filter",
};

const WIRE: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "content_filtered",
  refusal: "content_filtered",
  pause: "end_turn",
  other: "end_turn",
};

/** `malformed_tool_use`, `malformed_model_output` and what is still unknown are other ends. */
export function parseFinish(raw: string): FinishReason {
  return { unified: UNIFIED[raw] ?? "other", raw };
}

export function formatFinish({ unified, raw }: FinishReason): string {
  const own = raw.startsWith("malformed_") || UNIFIED[raw] === unified;
  return own ? raw : WIRE[unified];
}
