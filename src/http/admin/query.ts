/** The conventions of every admin list: `limit`, `cursor`, filters by name, `{ data, next }`. */
import { GatewayError } from "../../canonical/errors.ts";
import { queryOf } from "../request-path.ts";

const MAX_LIMIT = 1_000;
const DEFAULT_LIMIT = 50;
const MAX_VALUE_LENGTH = 512;
const MAX_EVERY = 1_440;

/** The query's parameters; 400 for one that is unknown, given twice, empty or too long: a misspelt filter must not pass for none. */
export function readQuery<const Name extends string>(
  url: string,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const values: Partial<Record<Name, string>> = {};
  for (const [name, value] of queryOf(url)) {
    const known = names.find((candidate) => candidate === name);
    if (!known)
      throw refused(name, `Unknown query parameter "${name.slice(0, 100)}"; known are: ${names.join(", ") || "none"}.`);
    if (values[known] !== undefined) throw refused(name, `The query parameter "${name}" is given twice.`);
    if (value === "" || value.length > MAX_VALUE_LENGTH)
      throw refused(name, `The query parameter "${name}" must have 1 to ${MAX_VALUE_LENGTH} characters.`);
    values[known] = value;
  }
  return values;
}

/** 1 to 1000. */
export function readLimit(value: string | undefined, fallback = DEFAULT_LIMIT): number {
  if (value === undefined) return fallback;
  const limit = /^[0-9]{1,4}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw refused("limit", `limit must be a whole number from 1 to ${MAX_LIMIT}.`);
  return limit;
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** `-24h`: before now, by the gateway's own clock. A browser's may be minutes off. */
const RELATIVE_TIME = /^-(\d{1,5})([mhd])$/;
const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** An RFC 3339 time, or one like `-24h`, as epoch milliseconds. */
export function readTime(name: string, value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const relative = RELATIVE_TIME.exec(value);
  if (relative) return nowMs - Number(relative[1]) * UNIT_MS[relative[2]!]!;
  const ms = TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw refused(name, `${name} must be a time as in RFC 3339, 2026-01-31T13:45:00Z, or before now, -24h (m, h, d).`);
  return ms;
}

export function readChoice<const Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (!choice) throw refused(name, `${name} must be one of: ${choices.join(", ")}.`);
  return choice;
}

/** 1 to 1440: a day of minutes, the longest row. */
export function readEvery(value: string | undefined, bucket: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const every = /^[0-9]{1,4}$/.test(value) ? Number(value) : 0;
  if (every < 1 || every > MAX_EVERY) throw refused("every", `every must be a whole number from 1 to ${MAX_EVERY}.`);
  if (bucket === undefined) throw refused("every", "every needs a bucket: bucket=minute&every=10.");
  return every;
}

export function refused(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}
