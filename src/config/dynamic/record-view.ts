/** A key, team or customer as the admin API, the command line and the audit trail show it: never a secret or its hash. */
import type { CustomerRow, KeyRow, TeamRow } from "../../store/ports.ts";
import type { Config } from "../config.ts";
import { NO_SETTINGS, type RecordKind } from "./record-body.ts";
import { isOurs, prefixOf } from "./virtual-key.ts";

/** Settings by the configuration's names; null: not set. */
export type RecordView = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly name: string;
  readonly origin: "file" | "api";
};

export type Row = KeyRow | TeamRow | CustomerRow;

export function viewOfRow(kind: RecordKind, row: Row): RecordView {
  const { id, name, createdAtMs, updatedAtMs } = row;
  const settings = settingsIn(kind, row as unknown as Record<string, unknown>);
  const times = { created_at: time(createdAtMs), updated_at: time(updatedAtMs) };
  if (!("hash" in row)) return { id, name, ...settings, origin: "api", ...times };
  const { prefix, previousUntilMs } = row;
  return { id, name, prefix, ...settings, origin: "api", ...times, previous_valid_until: time(previousUntilMs) };
}

/** What the file declares, in its order. */
export function viewsOfFile(kind: RecordKind, { access, effective }: Config): RecordView[] {
  const written = ((effective["access"] as Record<string, unknown> | undefined)?.[kind] ?? {}) as Record<
    string,
    Record<string, unknown>
  >;
  const times = { created_at: null, updated_at: null };
  const secrets = new Map(access.keys.map(({ name, secret }) => [name, secret]));
  return Object.entries(written).map(([name, level]) => {
    const settings = settingsIn(kind, level);
    if (kind !== "keys") return { id: fileId(kind, name), name, ...settings, origin: "file", ...times };
    const secret = secrets.get(name) ?? "";
    const prefix = isOurs(secret) ? prefixOf(secret) : null;
    return {
      id: fileId(kind, name),
      name,
      prefix,
      ...settings,
      origin: "file",
      ...times,
      previous_valid_until: null,
    };
  });
}

/** Identity of what a file declares: of a key, that of its calls in log and ledger. */
export function fileId(kind: RecordKind, name: string): string {
  return kind === "keys" ? `file:${name}` : `file:${KINDS[kind]}:${name}`;
}

/** One of a kind. */
export const KINDS = { keys: "key", teams: "team", customers: "customer" } as const satisfies Record<
  RecordKind,
  string
>;

/** What a kind can belong to. */
export const LINKS: Record<RecordKind, readonly ("team" | "customer")[]> = {
  keys: ["team", "customer"],
  teams: ["customer"],
  customers: [],
};

function settingsIn(kind: RecordKind, source: Record<string, unknown>): Record<string, unknown> {
  const others: readonly string[] = LINKS.keys.filter((link) => !LINKS[kind].includes(link));
  const fields = Object.entries(NO_SETTINGS).filter(([field]) => !others.includes(field));
  return Object.fromEntries(fields.map(([field, unset]) => [field, source[field] ?? unset]));
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
