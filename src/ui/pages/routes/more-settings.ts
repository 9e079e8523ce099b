/** Settings that have no field of their own, as JSON. */
import { FieldError } from "./record-form.tsx";

/** Those of a view that are set. */
export function moreOf(view: Readonly<Record<string, unknown>>, names: readonly string[]): string {
  const set = Object.entries(view).filter(([name, value]) => names.includes(name) && value !== null);
  return set.length === 0 ? "" : JSON.stringify(Object.fromEntries(set), null, 2);
}

/** @throws FieldError("more"). What is no longer there is null, which takes it away. */
export function readMore(text: string, names: readonly string[], changes: boolean): Record<string, unknown> {
  const none = changes ? Object.fromEntries(names.map((name) => [name, null])) : {};
  if (text.trim() === "") return none;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FieldError("more", `This is no JSON: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FieldError("more", "This must be a JSON object.");
  return { ...none, ...value };
}
