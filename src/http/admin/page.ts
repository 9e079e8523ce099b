/** Lists that are held in memory, in the order of a key that is unique among them: a page goes on after a key, whatever came and went. */
import type { Page } from "../../store/ports.ts";
import { readLimit, refused } from "./query.ts";

/** `items` in ascending order of `keyOf`. Throws 400 for a cursor that no list returned. */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { limit, cursor }: { limit?: string; cursor?: string },
): Page<T> {
  const size = readLimit(limit);
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const data = rest.slice(0, size);
  return { data, next: rest.length > size ? Buffer.from(`>${keyOf(data.at(-1)!)}`).toString("base64url") : null };
}

function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (!text.startsWith(">") || Buffer.from(text).toString("base64url") !== cursor) {
    throw refused("cursor", "This cursor is not one that a list returned.");
  }
  return text.slice(1);
}
