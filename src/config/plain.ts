/** Configurations are data: what cannot be written down as JSON is a fault with its place. */
import type { Fault } from "./fault.ts";
import { type Path, printPath } from "./path.ts";

/** A copy of `value`; absent when there is any fault. */
export function toPlain(value: unknown): { value?: unknown; faults: Fault[] } {
  const faults: Fault[] = [];
  const copy = plain(value, [], [], faults);
  return faults.length > 0 ? { faults } : { value: copy, faults };
}

/** Deeper than any configuration, far below the stack's limit. */
const MAX_DEPTH = 64;

function plain(value: unknown, path: Path, above: readonly object[], faults: Fault[]): unknown {
  const fault = (message: string) => void faults.push({ path: printPath(path), message });
  switch (typeof value) {
    case "function":
      return fault("is a function; a configuration is plain data");
    case "symbol":
    case "bigint":
      return fault(`is a ${typeof value}; a configuration is plain data`);
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (above.includes(value)) return fault("contains itself");
  if (above.length >= MAX_DEPTH) return fault(`is nested deeper than ${MAX_DEPTH} levels`);
  const inside = [...above, value];
  if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, index], inside, faults));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return fault(`is a ${value.constructor?.name || "class instance"}; a configuration is plain data`);
  }
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const inner = plain(item, [...path, key], inside, faults);
    // An `undefined` is what a condition in a TypeScript file leaves behind; it says nothing. Assignment would call the setter of `__proto__`.
    if (inner !== undefined)
      Object.defineProperty(copy, key, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}
