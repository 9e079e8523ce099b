import type { JsonObject } from "../../canonical/chat.ts";
import { isObject, isString } from "./json.ts";

export interface ToolIndexes {
  /** The index under which clients know the call, and whether the server wrote that index itself. */
  place(call: JsonObject): { index: number; written: boolean };
}

/**
 * Which call of a choice a delta belongs to. Servers are to number their calls; some leave the number out, and Gemini's
 * compatible endpoint has numbered parallel calls all 0, each with an id of its own.
 */
export function toolIndexes(): ToolIndexes {
  const calls = new Map<number, { index: number; id: string }>();
  let next = 0;
  let last = 0;

  return {
    place(call) {
      const { index: given, id: rawId } = call;
      const id = isString(rawId) ? rawId : "";
      const numbered = typeof given === "number" && Number.isInteger(given) && given >= 0;
      const named = isObject(call["function"]) ? isString(call["function"]["name"]) : isObject(call["custom"]);
      const key = numbered ? given : last;
      const known = calls.get(key);
      const starts = !known || (id !== "" && named && known.id !== "" && id !== known.id);
      if (!starts) {
        last = key;
        return { index: known.index, written: numbered && known.index === given };
      }
      const index = numbered && given >= next ? given : next;
      next = index + 1;
      last = numbered ? given : index;
      calls.set(last, { index, id });
      return { index, written: numbered && index === given };
    },
  };
}
