/** A provider or model as the admin API and the audit trail show it: never a secret. */
import type { RoutingPorts, RoutingRow } from "../../store/routing-ports.ts";
import type { Config } from "../config.ts";
import { faultText } from "../fault.ts";
import type { RoutingState } from "../layered-routing.ts";
import { keyName } from "../references.ts";
import { masked, type Settings } from "./routing-secrets.ts";

export type RoutingKind = keyof RoutingPorts;

/** One of a kind. */
export const ROUTING_KINDS = { providers: "provider", models: "model" } as const satisfies Record<RoutingKind, string>;

/** Settings by the configuration's names; null: not set. */
export type RoutingView = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly name: string;
  readonly origin: "file" | "api";
  /** `shadowed`: the file declares the same name. `faulty`: something it refers to is gone. */
  readonly state: RoutingState["state"];
};

/** `settings` with its secrets in place. */
export function viewOfMade(kind: RoutingKind, row: RoutingRow, settings: Settings, now: RoutingState): RoutingView {
  const { id, name, createdAtMs, updatedAtMs } = row;
  const times = { created_at: new Date(createdAtMs).toISOString(), updated_at: new Date(updatedAtMs).toISOString() };
  const shown = shownSettings(kind, kind === "providers" ? masked(settings) : settings);
  const fault = now.faults[0] ? faultText(now.faults[0]) : null;
  return { id, name, ...shown, origin: "api", state: now.state, fault, ...times };
}

/** What the file or the environment declares, and is in force, in its order. */
export function viewsOfDeclared(kind: RoutingKind, file: Config, inForce: Config): RoutingView[] {
  const written = (file.effective[kind] ?? {}) as Record<string, unknown>;
  const steppedAside = kind === "providers" && file.standIns;
  const names = new Set(inForce.providers.filter(({ origin }) => origin === undefined).map(({ name }) => name));
  const rest = { origin: "file", state: "active", fault: null, created_at: null, updated_at: null } as const;
  return Object.entries(written)
    .filter(([name]) => !steppedAside || names.has(name))
    .map(([name, settings]) => ({
      id: `file:${ROUTING_KINDS[kind]}:${name}`,
      name,
      ...shownSettings(kind, Array.isArray(settings) ? { targets: settings } : (settings as Settings)),
      ...rest,
    }));
}

/** What every one of a kind has, so that a reader need not ask whether a field is there. */
const FIELDS: Record<RoutingKind, readonly string[]> = {
  providers: ["type", "baseUrl", "keys", "headers", "forwardHeaders", "timeouts"],
  models: ["strategy", "targets", "fallbacks", "timeouts", "affinity", "continuation", "contextTokens", "cache"],
};

function shownSettings(kind: RoutingKind, settings: Settings): Record<string, unknown> {
  const common = Object.fromEntries(FIELDS[kind].map((field) => [field, settings[field] ?? null]));
  if (kind === "models") return { ...common, ...settings };
  const keys = Array.isArray(settings["keys"]) ? settings["keys"].map(shownKey) : [];
  return { ...common, ...settings, keys };
}

/** Short forms written out: a key is known by its name, also where it has none of its own. */
function shownKey(key: unknown, index: number): Record<string, unknown> {
  const long = typeof key === "object" && key !== null ? (key as Settings) : { secret: key };
  return { name: keyName(index), ...long, weight: long["weight"] ?? 1, models: long["models"] ?? null };
}
