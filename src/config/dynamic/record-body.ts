/**
 * What the admin API and the command line take for a key, team or customer: the configuration's own fields, judged by
 * the configuration's own rules, so that both sources refuse the same things with the same words.
 */
import { GatewayError } from "../../canonical/errors.ts";
import type { StoredLevel } from "../../store/ports.ts";
import type { Fault } from "../fault.ts";
import { faultText } from "../fault.ts";
import { inspect } from "../inspect.ts";
import { type LevelNames, levelReferenceFaults } from "../references.ts";
import { RECORDS } from "../schema-access.ts";
import { unsupportedFaults } from "../unsupported.ts";

export type RecordKind = keyof typeof RECORDS;

/** A record's settings; `team` and `customer` where its kind has them. */
export interface RecordSettings extends StoredLevel {
  team: string | null;
  customer: string | null;
}

export const NO_SETTINGS: RecordSettings = {
  budgets: null,
  limits: null,
  perUser: null,
  models: null,
  providers: null,
  tags: null,
  expires: null,
  ips: null,
  disabled: false,
  team: null,
  customer: null,
};

/** Throws 400 `invalid_request` with the field's path as `param`. */
export function readNewRecord(kind: RecordKind, body: Record<string, unknown>, names: LevelNames) {
  const { name } = body;
  if (name === undefined || name === null) throw refusal([{ path: "name", message: "is required" }]);
  const settings = readChanges(kind, body, names);
  return { name: String(name), settings: { ...NO_SETTINGS, ...settings } };
}

/**
 * The fields a body names, each as a whole; null takes a field away. A name is checked and left out: it stands in logs,
 * ledgers and other records, so it is given once.
 */
export function readChanges(
  kind: RecordKind,
  body: Record<string, unknown>,
  names: LevelNames,
): Partial<RecordSettings> {
  const schema = RECORDS[kind];
  const given = Object.entries(body);
  const removed = given.filter(([field, value]) => value === null && field !== "name" && field in schema.properties);
  const set = Object.fromEntries(given.filter(([field]) => !removed.some(([other]) => other === field)));
  const faults = [...inspect(schema, set).faults, ...unsupportedIn(kind, set), ...levelReferenceFaults(set, names)];
  if (faults.length > 0) throw refusal(faults);
  const { name: _, ...settings } = set;
  const cleared = removed.map(([field]) => [field, field === "disabled" ? false : null]);
  return { ...settings, ...Object.fromEntries(cleared) };
}

/** The table of what is not built names places in a file: the record is shown to it as one. */
function unsupportedIn(kind: RecordKind, record: Record<string, unknown>): Fault[] {
  const start = `access.${kind}.it.`;
  const { name: _, ...settings } = record;
  return unsupportedFaults({ access: { [kind]: { it: settings } } }).map(({ path, message }) => ({
    path: path.slice(start.length),
    message: message.replaceAll(start, ""),
  }));
}

/** 400 `invalid_request` that tells the first fault and where the others are. */
export function refusal(faults: readonly Fault[]): GatewayError {
  const [first, ...more] = faults;
  const rest = more.length > 0 ? ` (and ${more.length} more: ${more.map(({ path }) => path).join(", ")})` : "";
  return new GatewayError("invalid_request", `${faultText(first!)}${rest}`.slice(0, MAX_MESSAGE), {
    param: first!.path,
  });
}

/** A client may send a thousand faults. */
const MAX_MESSAGE = 2_000;
