/**
 * Edits on JSON bytes without re-printing them: key order, number spelling and white space outside the edit survive.
 * (signatures fixed; implementation follows)
 */
import type { Json } from "../canonical/chat.ts";

/** One change at a path of object keys and array indexes. */
export type Edit =
  | { op: "set"; path: readonly (string | number)[]; value: Json }
  | { op: "delete"; path: readonly (string | number)[] }
  | { op: "rename"; path: readonly (string | number)[]; to: string };
