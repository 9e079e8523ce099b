/**
 * Settings that the schema knows but this version does not act on. A setting is never silently ignored: each of these
 * answers with a fault. Building one means deleting its row; defaults that depend on it follow by `isBuilt`.
 */
import type { Fault } from "./fault.ts";
import { type Path, printPath } from "./path.ts";

interface Row {
  /** Dotted; `*` stands for any name or index. */
  path: string;
  /** Only these values; absent: the setting as such. */
  values?: readonly string[];
}

export const UNSUPPORTED: readonly Row[] = [{ path: "store.postgres" }, { path: "store.redis" }];

/** Whether this version acts on a setting, or on one value of it. `path` as in the table. */
export function isBuilt(path: string, value?: string): boolean {
  return !UNSUPPORTED.some(
    (row) => row.path === path && (!row.values || (value !== undefined && row.values.includes(value))),
  );
}

/** Faults for everything in `settings` that this version does not act on. */
export function unsupportedFaults(settings: unknown): Fault[] {
  const faults: Fault[] = [];
  for (const row of UNSUPPORTED) {
    for (const { path, value } of matches(settings, row.path.split("."), [])) {
      if (value === undefined || (row.values && !row.values.includes(value as string))) continue;
      const place = printPath(path);
      const what = row.values ? `${place}: ${JSON.stringify(value)}` : place;
      faults.push({ path: place, message: `not in this version: ${what}` });
    }
  }
  return faults;
}

function* matches(value: unknown, steps: readonly string[], path: Path): Generator<{ path: Path; value: unknown }> {
  const [step, ...rest] = steps;
  if (step === undefined) return yield { path, value };
  if (typeof value !== "object" || value === null) return;
  if (step !== "*") {
    if (Object.hasOwn(value, step)) yield* matches((value as Record<string, unknown>)[step], rest, [...path, step]);
    return;
  }
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) yield* matches(item, rest, [...path, key]);
}
