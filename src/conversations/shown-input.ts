/** The input of a stored response as its list is shown: the conversation before the answer, every item whole and named. */
import type { Json, JsonObject } from "../canonical/chat.ts";
import { isObject } from "../dialects/json-object.ts";
import { keptItems } from "./kept-items.ts";
import type { KeptResponse } from "./kept-responses.ts";

export function shownInput({ response, items }: KeptResponse): JsonObject[] {
  const answered = keptItems(response["output"]).length;
  const stem = String(response["id"]).replace(/^resp_/, "");
  return items
    .slice(0, items.length - answered)
    .filter(isObject)
    .map((item, index) => shownItem(item, (prefix) => `${prefix}_${stem}_in${index}`));
}

/** Beginnings of ids, as OpenAI has them. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  reasoning: "rs",
  function_call: "fc",
  function_call_output: "fco",
  custom_tool_call: "ctc",
  custom_tool_call_output: "ctco",
};

function shownItem(item: JsonObject, nameOf: (prefix: string) => string): JsonObject {
  const type = typeof item["type"] === "string" ? item["type"] : "message";
  const id = typeof item["id"] === "string" && item["id"] !== "" ? item["id"] : nameOf(PREFIXES[type] ?? "item");
  if (type !== "message") return { status: "completed", ...item, id };
  return { ...item, id, type, status: "completed", content: contentList(item) };
}

/** A text alone is short for a list with one. */
function contentList({ role, content }: JsonObject): Json {
  if (typeof content !== "string") return content ?? [];
  if (role === "assistant") return [{ type: "output_text", text: content, annotations: [] }];
  return [{ type: "input_text", text: content }];
}
