/** Rows of providers and models made by API, in memory, with their secrets opened. */
import type { RoutingPorts, RoutingRow } from "../../store/routing-ports.ts";
import type { Seal } from "../../store/seal.ts";
import type { StoredRouting, StoredSetting } from "../layered-routing.ts";
import { joined, type Settings, separated } from "./routing-secrets.ts";
import type { RoutingKind } from "./routing-view.ts";

export interface OpenedRow extends StoredSetting {
  row: RoutingRow;
}

export interface RoutingRows {
  /** Oldest first. */
  of(kind: RoutingKind): readonly OpenedRow[];
  /** As they would be with this one added, replaced or, where there is none, taken out. */
  with(kind: RoutingKind, id: string, opened: OpenedRow | undefined): StoredRouting;
  put(kind: RoutingKind, id: string, opened: OpenedRow | undefined): void;
}

export async function loadRoutingRows(
  store: { [Kind in RoutingKind]: Pick<RoutingPorts[Kind], "list"> },
  seal: Seal,
): Promise<RoutingRows> {
  const rows: Record<RoutingKind, readonly OpenedRow[]> = {
    providers: (await store.providers.list()).map((row) => opened(row, seal)),
    models: (await store.models.list()).map((row) => ({ ...row, row })),
  };
  const replaced = (kind: RoutingKind, id: string, next: OpenedRow | undefined) => {
    const at = rows[kind].findIndex((one) => one.id === id);
    if (at < 0) return next ? [...rows[kind], next] : rows[kind];
    return next ? rows[kind].with(at, next) : rows[kind].toSpliced(at, 1);
  };
  return {
    of: (kind) => rows[kind],
    with: (kind, id, next) => ({ ...rows, [kind]: replaced(kind, id, next) }),
    put(kind, id, next) {
      rows[kind] = replaced(kind, id, next);
    },
  };
}

/** @param common what a row has besides its settings */
export function closed(
  kind: RoutingKind,
  settings: Settings,
  common: Omit<RoutingRow, "settings" | "sealed">,
  seal: Seal,
): OpenedRow {
  const { id, name } = common;
  if (kind === "models") return { id, name, settings, row: { ...common, settings } };
  const { settings: open, secrets } = separated(settings);
  const sealed = seal.seal(Buffer.from(JSON.stringify(secrets)), placeOf(id));
  return { id, name, settings, row: { ...common, settings: open, sealed } };
}

function opened(row: RoutingRow, seal: Seal): OpenedRow {
  const { id, name, settings, sealed } = row;
  const secrets = sealed ? seal.open(sealed, placeOf(id)) : undefined;
  if (secrets) return { id, name, settings: joined(settings, JSON.parse(Buffer.from(secrets).toString())), row };
  const fault = "its secrets were lost with the master key that they were sealed with; give it its keys again";
  return { id, name, settings, fault, row };
}

/** Secrets copied to another row do not open there. */
function placeOf(id: string): string {
  return `providers/${id}`;
}
