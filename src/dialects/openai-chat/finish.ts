import type { FinishReason } from "../../canonical/chat.ts";

const UNIFIED: Readonly<Record<string, FinishReason["unified"]>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
  // Older Together and Text Generation Inference.
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  end_turn: "stop",
  // Mistral, when the model's window rather than the asked limit was reached.
  model_length: "length",
  max_tokens: "length",
};

const OWN_WORDS = new Set(["stop", "length", "tool_calls", "function_call", "content_filter"]);

export function parseFinish(raw: string): FinishReason {
  return { unified: UNIFIED[raw] ?? "other", raw };
}

/** OpenAI has no word for a refusal of the whole answer but the filter's; a pause is an end for its clients. */
export function formatFinish({ unified, raw }: FinishReason): string {
  if (OWN_WORDS.has(raw) && UNIFIED[raw] === unified) return raw;
  if (unified === "length") return "length";
  if (unified === "tool-calls") return "tool_calls";
  return unified === "content-filter" || unified === "refusal" ? "content_filter" : "stop";
}
