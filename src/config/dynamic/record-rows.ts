/** Rows of keys, teams and customers in memory, beside what the file declares. */
import { GatewayError } from "../../canonical/errors.ts";
import type { CustomerRow, KeyRow, Store, TeamRow } from "../../store/ports.ts";
import type { Config } from "../config.ts";
import type { StoredAccess } from "../layered-access.ts";
import type { LevelNames } from "../references.ts";
import type { RecordKind } from "./record-body.ts";
import { KINDS, type RecordView, type Row, viewOfRow, viewsOfFile } from "./record-view.ts";

export interface RecordRows {
  stored(): StoredAccess;
  /** Both sources; the file's first. */
  views(kind: RecordKind): RecordView[];
  /** By id, else by name; throws 404 `not_found`. */
  find(kind: RecordKind, idOrName: string): RecordView;
  /** The row behind a view; throws 409 `conflict` for what the file declares. */
  rowOf(kind: RecordKind, view: RecordView): Row;
  /** Adds the row, or puts it in the place of the one with its id. */
  put(kind: RecordKind, row: Row): void;
  remove(kind: RecordKind, id: string): void;
  /** What records may refer to. */
  names(): LevelNames;
}

export async function loadRecordRows(
  store: Pick<Store, RecordKind | "audit">,
  config: () => Config,
): Promise<RecordRows> {
  const rows = {
    keys: byId<KeyRow>(await store.keys.list()),
    teams: byId<TeamRow>(await store.teams.list()),
    customers: byId<CustomerRow>(await store.customers.list()),
  };
  // Nothing is ever taken out of the audit trail, so it knows of keys that are gone.
  const made = await store.audit.list({ resource: "key", action: "create" }, { limit: 1 });
  let keysWereMade = made.data.length > 0;
  const views = (kind: RecordKind): RecordView[] => {
    const declared = viewsOfFile(kind, config());
    const names = new Set(declared.map(({ name }) => name));
    const inForce = [...rows[kind].values()].filter(({ name }) => !names.has(name));
    return [...declared, ...inForce.map((row) => viewOfRow(kind, row))];
  };
  return {
    stored: () => ({
      keys: [...rows.keys.values()],
      teams: [...rows.teams.values()],
      customers: [...rows.customers.values()],
      keysWereMade,
    }),
    views,
    find(kind, idOrName) {
      const all = views(kind);
      const found = all.find(({ id }) => id === idOrName) ?? all.find(({ name }) => name === idOrName);
      if (!found) throw new GatewayError("not_found", `There is no ${KINDS[kind]} "${idOrName}".`, { param: "id" });
      return found;
    },
    rowOf(kind, { id, name }) {
      const row = rows[kind].get(id);
      if (!row) throw declaredByFile(kind, name);
      return row;
    },
    put(kind, row) {
      (rows[kind] as Map<string, Row>).set(row.id, row);
      keysWereMade ||= kind === "keys";
    },
    remove: (kind, id) => void rows[kind].delete(id),
    names: () => namesIn(config(), [views("teams"), views("customers")]),
  };
}

export function declaredByFile(kind: RecordKind, name: string): GatewayError {
  const message = `The ${KINDS[kind]} "${name}" is declared in the configuration file and can be changed only there.`;
  return new GatewayError("conflict", message, { param: "name" });
}

function byId<T extends Row>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

function namesIn(config: Config, [teams, customers]: [teams: RecordView[], customers: RecordView[]]): LevelNames {
  return {
    providers: new Set(config.providers.map(({ name }) => name)),
    models: config.bareRoutes ? undefined : new Set(config.models.map(({ name }) => name)),
    teams: new Map(teams.map(({ name, customer }) => [name, customer as string | null])),
    customers: new Set(customers.map(({ name }) => name)),
  };
}
