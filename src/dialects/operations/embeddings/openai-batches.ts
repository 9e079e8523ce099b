/** A call in OpenAI's form as several, and their answers as one. */
import type { Json, JsonObject } from "../../../canonical/chat.ts";
import { count, isObject } from "../read.ts";
import type { BatchForm } from "./batches.ts";

export const openaiBatches: BatchForm = {
  items({ input }) {
    // A list of numbers is one input, already tokenised.
    return Array.isArray(input) && typeof input[0] !== "number" ? input : undefined;
  },
  withItems: (body, items) => ({ ...body, input: items as Json[] }),
  join(replies) {
    const data: JsonObject[] = [];
    for (const { data: entries } of replies)
      for (const entry of entries as JsonObject[]) data.push({ ...entry, index: data.length });
    return { ...replies[0], data, ...usageOf(replies) };
  },
};

function usageOf(replies: readonly JsonObject[]): JsonObject {
  const usages = replies.map(({ usage }) => usage);
  if (!usages.every(isObject)) return {};
  const sum = (name: string) => usages.reduce((total, usage) => total + (count(usage[name]) ?? 0), 0);
  const names = [...new Set(usages.flatMap(Object.keys))].filter((name) => count(usages[0]![name]) !== undefined);
  return { usage: Object.fromEntries(names.map((name) => [name, sum(name)])) };
}
