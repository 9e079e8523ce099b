import type { FinishReason } from "../../canonical/chat.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool-calls",
  pause_turn: "pause",
  refusal: "refusal",
};

const WIRE: Readonly<Record<FinishReason["unified"], string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  refusal: "refusal",
  pause: "pause_turn",
  other: "end_turn",
};

export function parseFinish(stopReason: string): FinishReason {
  return { unified: UNIFIED[stopReason] ?? "other", raw: stopReason };
}

/** Anthropic's own word stays; a foreign one is translated. */
export function formatFinish(finish: FinishReason, stopSequence: string | undefined): string {
  if (UNIFIED[finish.raw] === finish.unified) return finish.raw;
  return stopSequence !== undefined && finish.unified === "stop" ? "stop_sequence" : WIRE[finish.unified];
}
