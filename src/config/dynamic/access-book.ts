/**
 * Keys, teams and customers as the admin API and the command line change them. What the file declares is read-only;
 * what is made here lives in the store and is kept in memory beside it. Changes run one after the other, so that none
 * can refer to what another one is just taking away, and each is written with its audit row before it is answered.
 */
import type { Clock } from "../../canonical/deps.ts";
import { GatewayError } from "../../canonical/errors.ts";
import { createQueue } from "../../canonical/queue.ts";
import { hashSecret } from "../../policies/access.ts";
import type { AuditEntry, KeyRow, RecordPort, Store } from "../../store/ports.ts";
import type { Config } from "../config.ts";
import type { StoredAccess } from "../layered-access.ts";
import { type RecordKind, type RecordSettings, readChanges, readNewRecord } from "./record-body.ts";
import { declaredByFile, loadRecordRows, type RecordRows } from "./record-rows.ts";
import { KINDS, LINKS, type RecordView, type Row, viewOfRow } from "./record-view.ts";
import { newRecordId, newVirtualKey, prefixOf } from "./virtual-key.ts";

/** Who asks for a change, for the audit trail. */
export interface Actor {
  name: string;
  remoteAddress: string | null;
}

export interface Change {
  actor: Actor;
  /** Whether the record is still what the caller saw; where it is not: 412 `precondition_failed`. */
  matches?: (view: RecordView) => boolean;
}

export interface AccessBook {
  /** What was made by API, for `layerAccess`. */
  stored(): StoredAccess;
  /** Both sources, in the order of their names. */
  list(kind: RecordKind): RecordView[];
  /** By id, else by name; throws 404 `not_found`. */
  get(kind: RecordKind, idOrName: string): RecordView;
  /** `secret`: of a key, shown this once. Throws 400, 409 `conflict`. */
  create(kind: RecordKind, body: Body, change: Change): Promise<{ view: RecordView; secret?: string }>;
  /** Throws 400, 404, 409 for what the file declares, 412. */
  update(kind: RecordKind, idOrName: string, body: Body, change: Change): Promise<RecordView>;
  delete(kind: RecordKind, idOrName: string, change: Change): Promise<RecordView>;
  /** A new secret; the old one works for `graceMs` more, and that before it no longer. */
  rotate(idOrName: string, graceMs: number, change: Change): Promise<{ view: RecordView; secret: string }>;
}

type Body = Record<string, unknown>;

export interface AccessBookOptions {
  store: Pick<Store, RecordKind | "audit">;
  clock: Clock;
  /** The configuration in force. */
  config(): Config;
  /** After a change was written, and before it is answered. */
  onChange(): void;
}

export async function openAccessBook(options: AccessBookOptions): Promise<AccessBook> {
  const rows = await loadRecordRows(options.store, options.config);
  const parts: Parts = { ...options, rows };
  const serially = createQueue();
  return {
    stored: rows.stored,
    list: (kind) => rows.views(kind).sort((a, b) => (a.name < b.name ? -1 : 1)),
    get: rows.find,
    create: (kind, body, change) => serially(() => create(parts, kind, body, change)),
    update: (kind, idOrName, body, change) => serially(() => update(parts, kind, idOrName, body, change)),
    delete: (kind, idOrName, change) => serially(() => remove(parts, kind, idOrName, change)),
    rotate: (idOrName, graceMs, change) => serially(() => rotate(parts, idOrName, graceMs, change)),
  };
}

interface Parts extends AccessBookOptions {
  rows: RecordRows;
}

async function create({ rows, store, clock, onChange }: Parts, kind: RecordKind, body: Body, change: Change) {
  const { name, settings } = readNewRecord(kind, body, rows.names());
  const taken = rows.views(kind).find((view) => view.name === name);
  if (taken?.origin === "file") throw declaredByFile(kind, name);
  const secret = kind === "keys" ? newVirtualKey() : undefined;
  const nowMs = clock.now();
  const common = { id: newRecordId(KINDS[kind]), name, createdAtMs: nowMs, updatedAtMs: nowMs, version: 1 };
  const key = secret === undefined ? {} : { ...secretColumns(secret), previousHash: null, previousUntilMs: null };
  const row = { ...common, ...columnsOf(kind, settings), ...key } as Row;
  await (store[kind] as RecordPort<Row>).insert(row, entryOf(kind, "create", [null, row], change, nowMs));
  rows.put(kind, row);
  onChange();
  return { view: viewOfRow(kind, row), secret };
}

async function update(parts: Parts, kind: RecordKind, idOrName: string, body: Body, change: Change) {
  const { rows, clock } = parts;
  const before = rowFor(rows, kind, idOrName, change);
  const { name = before.name, ...changed } = body;
  if (name !== before.name) {
    const message = `A ${KINDS[kind]} keeps its name, which log, ledger and other records hold.`;
    throw new GatewayError("invalid_request", message, { param: "name" });
  }
  // What it belongs to is judged as it will be, of which the body may name only a part.
  const links = Object.fromEntries(LINKS[kind].map((field) => [field, before[field as keyof Row]]));
  const settings = readChanges(kind, { ...links, ...changed }, rows.names());
  if (kind === "teams") refuseOtherCustomer(rows, before.name, settings.customer ?? null);
  const after = { ...before, ...columnsOf(kind, settings), ...nextVersion(before, clock.now()) } as Row;
  await write(parts, kind, after, entryOf(kind, "update", [before, after], change, after.updatedAtMs));
  return viewOfRow(kind, after);
}

async function remove({ rows, store, clock, onChange }: Parts, kind: RecordKind, idOrName: string, change: Change) {
  const row = rowFor(rows, kind, idOrName, change);
  refuseWhileUsed(rows, kind, row.name);
  await store[kind].delete(row.id, row.version, entryOf(kind, "delete", [row, null], change, clock.now()));
  rows.remove(kind, row.id);
  onChange();
  return viewOfRow(kind, row);
}

async function rotate(parts: Parts, idOrName: string, graceMs: number, change: Change) {
  const before = rowFor(parts.rows, "keys", idOrName, change) as KeyRow;
  const secret = newVirtualKey();
  const nowMs = parts.clock.now();
  const previous =
    graceMs > 0
      ? { previousHash: before.hash, previousUntilMs: nowMs + graceMs }
      : { previousHash: null, previousUntilMs: null };
  const after: KeyRow = { ...before, ...secretColumns(secret), ...previous, ...nextVersion(before, nowMs) };
  await write(parts, "keys", after, entryOf("keys", "rotate", [before, after], change, nowMs));
  return { view: viewOfRow("keys", after), secret };
}

async function write({ store, rows, onChange }: Parts, kind: RecordKind, row: Row, entry: AuditEntry): Promise<void> {
  await (store[kind] as RecordPort<Row>).update(row, entry);
  rows.put(kind, row);
  onChange();
}

function rowFor(rows: RecordRows, kind: RecordKind, idOrName: string, { matches }: Change): Row {
  const view = rows.find(kind, idOrName);
  const row = rows.rowOf(kind, view);
  if (matches && !matches(view)) {
    throw new GatewayError("precondition_failed", "It has been changed since it was read; read it again.");
  }
  return row;
}

function refuseWhileUsed(rows: RecordRows, kind: RecordKind, name: string): void {
  if (kind === "keys") return;
  const users = (["keys", "teams"] as const).flatMap((other) =>
    rows
      .views(other)
      .filter((view) => view[KINDS[kind]] === name)
      .map((view) => `${KINDS[other]} "${view.name}"`),
  );
  if (users.length === 0) return;
  const shown = users.slice(0, MAX_SHOWN_USERS).join(", ");
  const more = users.length > MAX_SHOWN_USERS ? ` and ${users.length - MAX_SHOWN_USERS} more` : "";
  throw new GatewayError("conflict", `The ${KINDS[kind]} "${name}" is still named by ${shown}${more}.`);
}

const MAX_SHOWN_USERS = 5;

/** A key under two customers would be held by the budgets of only one. */
function refuseOtherCustomer(rows: RecordRows, team: string, customer: string | null): void {
  if (customer === null) return;
  const other = rows
    .views("keys")
    .find((key) => key["team"] === team && key["customer"] !== null && key["customer"] !== customer);
  if (!other) return;
  throw new GatewayError("conflict", `Its key "${other.name}" belongs to customer "${other["customer"]}".`, {
    param: "customer",
  });
}

function secretColumns(secret: string) {
  return { hash: hashSecret(secret), prefix: prefixOf(secret) };
}

function nextVersion({ version }: Row, updatedAtMs: number) {
  return { version: version + 1, updatedAtMs };
}

/** The columns that this kind's table has. */
function columnsOf(kind: RecordKind, { team, customer, ...level }: Partial<RecordSettings>): Partial<RecordSettings> {
  const links = { team, customer };
  const held = LINKS[kind].map((field) => [field, links[field]] as const).filter(([, value]) => value !== undefined);
  return { ...level, ...Object.fromEntries(held) };
}

function entryOf(
  kind: RecordKind,
  action: AuditEntry["action"],
  [before, after]: readonly [before: Row | null, after: Row | null],
  { actor }: Change,
  atMs: number,
): AuditEntry {
  const { id, name } = (after ?? before)!;
  return {
    atMs,
    actor: actor.name,
    remoteAddress: actor.remoteAddress,
    action,
    resource: KINDS[kind],
    resourceId: id,
    name,
    before: before && viewOfRow(kind, before),
    after: after && viewOfRow(kind, after),
  };
}
