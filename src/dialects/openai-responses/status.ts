/** How a response ended: its `status`, and why it is incomplete. */
import type { FinishReason, Json, JsonObject } from "../../canonical/chat.ts";
import { isObject, textOf } from "../json-object.ts";

/** `calls`: whether the answer asks for tools, which the status does not say. */
export function parseFinish(response: JsonObject, calls: boolean): FinishReason {
  if (response["status"] !== "incomplete") return { unified: calls ? "tool-calls" : "stop", raw: "completed" };
  const { incomplete_details: details } = response;
  const raw = isObject(details) ? textOf(details["reason"]) : "";
  if (raw === "max_output_tokens") return { unified: "length", raw };
  return raw === "content_filter" ? { unified: "content-filter", raw } : { unified: "other", raw };
}

/** A refusal is an answer; what was filtered, or ran into the limit, is incomplete. */
export function formatStatus({ unified, raw }: FinishReason): JsonObject {
  const reason =
    unified === "length"
      ? "max_output_tokens"
      : unified === "content-filter"
        ? "content_filter"
        : unified === "other" && raw === "content_filter"
          ? raw
          : undefined;
  return reason === undefined
    ? { status: "completed", incomplete_details: null }
    : { status: "incomplete", incomplete_details: { reason } };
}

export function asksForTools(output: Json | undefined): boolean {
  return Array.isArray(output) && output.some((item) => isObject(item) && isCall(item));
}

/** Calls that the client answers; tools of the provider run where they are called. */
export function isCall({ type }: JsonObject): boolean {
  return type === "function_call" || type === "custom_tool_call";
}
