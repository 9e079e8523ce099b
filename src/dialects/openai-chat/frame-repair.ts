/**
 * Small departures from OpenAI's form, seen in recorded streams of other servers, on which clients stumble: a missing
 * role, index or type, a finish told twice, another `object`, content as a list of thinking and text. They are put right
 * by edits; a frame that needs none keeps its bytes.
 */
import type { Json, JsonObject } from "../../canonical/chat.ts";
import type { Edit } from "../splice.ts";
import { choicesOf, deltaOf, finishOf, indexOf } from "./chunk.ts";
import { parseContentList } from "./content-list.ts";
import { isObject, isString } from "./json.ts";
import { type ToolIndexes, toolIndexes } from "./tool-indexes.ts";

export const CHUNK_OBJECT = "chat.completion.chunk";

export interface FrameRepair {
  /** The edits that this chunk needs, the chunks before it being known. */
  edits(chunk: JsonObject): Edit[];
  /** Whether all tool calls so far were numbered as they have to be. */
  toolIndexesWritten(): boolean;
}

export function frameRepair(): FrameRepair {
  const begun = new Set<number>();
  const finished = new Set<number>();
  const tools = new Map<number, ToolIndexes>();
  let allWritten = true;

  const toolEdits = (choice: number, calls: Json | undefined, path: (string | number)[], edits: Edit[]) => {
    if (!Array.isArray(calls)) return;
    let indexes = tools.get(choice);
    if (!indexes) {
      indexes = toolIndexes();
      tools.set(choice, indexes);
    }
    for (const [position, call] of calls.entries()) {
      if (!isObject(call)) continue;
      const { index, written } = indexes.place(call);
      allWritten &&= written;
      if (!written) edits.push({ op: "set", path: [...path, "tool_calls", position, "index"], value: index });
      const starts = isString(call["id"]) && call["id"] !== "" && isObject(call["function"]);
      if (starts && !isString(call["type"]))
        edits.push({ op: "set", path: [...path, "tool_calls", position, "type"], value: "function" });
    }
  };

  return {
    toolIndexesWritten: () => allWritten,
    edits(chunk) {
      const edits: Edit[] = [];
      if (chunk["object"] !== CHUNK_OBJECT) edits.push({ op: "set", path: ["object"], value: CHUNK_OBJECT });
      for (const [position, wire] of choicesOf(chunk).entries()) {
        const choice = indexOf(wire);
        const delta = deltaOf(wire);
        const path = ["choices", position, "delta"];
        if (!begun.has(choice) && !isString(delta["role"]))
          edits.push({ op: "set", path: [...path, "role"], value: "assistant" });
        begun.add(choice);
        listEdits(delta, path, edits);
        toolEdits(choice, delta["tool_calls"], path, edits);
        if (finishOf(wire) === undefined) continue;
        if (finished.has(choice)) edits.push({ op: "set", path: ["choices", position, "finish_reason"], value: null });
        finished.add(choice);
      }
      return edits;
    },
  };
}

function listEdits(delta: JsonObject, path: (string | number)[], edits: Edit[]): void {
  if (!Array.isArray(delta["content"])) return;
  let text = "";
  let reasoning = "";
  for (const part of parseContentList(delta["content"])) {
    if (part.type === "text") text += part.text;
    else reasoning += part.text;
  }
  edits.push({ op: "set", path: [...path, "content"], value: text });
  if (reasoning !== "") edits.push({ op: "set", path: [...path, "reasoning_content"], value: reasoning });
}
