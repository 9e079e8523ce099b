import type { FinishReason } from "../../canonical/chat.ts";

/** A call of tools ends with `stop` like any answer; servers before 2024 gave no reason at all. */
export function parseFinish(raw: string, calledTools: boolean): FinishReason {
  if (raw === "length") return { unified: "length", raw };
  if (raw !== "stop" && raw !== "") return { unified: "other", raw };
  return { unified: calledTools ? "tool-calls" : "stop", raw };
}

export function formatFinish({ unified, raw }: FinishReason): string {
  if (unified === "length") return "length";
  return unified === "other" && raw !== "" ? raw : "stop";
}
