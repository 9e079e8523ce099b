/**
 * Who may call, from both sources: what the file declares and, layered over it, what was made by API. A name belongs to
 * one of them: where both have it, the file's holds and the other one is out of force until the file lets go of it.
 */
import { hashSecret } from "../policies/access.ts";
import type { CustomerRow, KeyRow, StoredLevel, TeamRow } from "../store/ports.ts";
import type { AccessConfig, AccessLevelConfig, BudgetConfig, Config, LimitConfig } from "./config.ts";
import type { RecordKind } from "./dynamic/record-body.ts";
import { fileId } from "./dynamic/record-view.ts";
import { toLevel } from "./resolve-access.ts";

/** What was made by API. */
export interface StoredAccess {
  readonly keys: readonly KeyRow[];
  readonly teams: readonly TeamRow[];
  readonly customers: readonly CustomerRow[];
  /** Whether a key was ever made. */
  readonly keysWereMade: boolean;
}

export interface LayeredAccess {
  readonly require: "key" | "none";
  /** Of the whole gateway. */
  readonly budgets: readonly BudgetConfig[];
  readonly limits: LimitConfig;
  readonly customers: readonly LayeredLevel[];
  readonly teams: readonly LayeredTeam[];
  readonly keys: readonly LayeredKey[];
  /** What an operator should know: names out of force, teams that are gone. */
  readonly warnings: readonly string[];
}

export interface LayeredLevel extends AccessLevelConfig {
  readonly id: string;
  readonly name: string;
  readonly origin: "file" | "api";
}

export interface LayeredTeam extends LayeredLevel {
  readonly customer: string | null;
}

export interface LayeredKey extends LayeredTeam {
  /** SHA-256 of the secret, lower-case hex. */
  readonly hash: string;
  readonly previous: { readonly hash: string; readonly untilMs: number } | null;
  readonly team: string | null;
  /** Its own, or that of its team. */
  readonly customer: string | null;
}

export function layerAccess({ access }: Config, stored: StoredAccess): LayeredAccess {
  const warnings: string[] = [];
  const layer = <T extends { readonly name: string }>(kind: string, file: readonly T[], api: readonly T[]): T[] => {
    const declared = new Set(file.map(({ name }) => name));
    const inForce = api.filter(({ name }) => !declared.has(name));
    for (const { name } of api)
      if (declared.has(name)) warnings.push(`${kind} "${name}" made by API is out of force: the file declares one`);
    return [...file, ...inForce];
  };
  const customers = layer("customer", access.customers.map(fileLevel("customers")), stored.customers.map(storedLevel));
  const teams = layer("team", access.teams.map(fileLevel("teams")), stored.teams.map(storedTeam));
  const keys = layer("key", fileKeys(access), stored.keys.map(storedKey));
  const customerOf = new Map(teams.map(({ name, customer }) => [name, customer]));
  return {
    require: requireOf(access, keys.length > 0 || stored.keysWereMade),
    budgets: access.budgets,
    limits: access.limits,
    customers,
    teams,
    keys: keys.map((key) => ({ ...key, customer: key.customer ?? customerOf.get(key.team ?? "") ?? null })),
    warnings: [...warnings, ...danglingWarnings(keys, teams, customers)],
  };
}

/**
 * Once a key was made by API, taking the last one away must not open the gateway again to everybody, and to the holder
 * of the revoked key first of all.
 */
function requireOf(access: AccessConfig, anyKey: boolean): "key" | "none" {
  if (access.requireIsWritten) return access.require;
  return anyKey ? "key" : "none";
}

function fileLevel<T extends AccessLevelConfig & { readonly name: string }>(kind: RecordKind) {
  return (level: T) => ({ ...level, id: fileId(kind, level.name), origin: "file" as const });
}

function fileKeys({ keys }: AccessConfig): LayeredKey[] {
  return keys.map(({ secret, ...key }) => ({
    ...key,
    id: fileId("keys", key.name),
    origin: "file",
    hash: hashSecret(secret),
    previous: null,
  }));
}

function storedLevel(row: StoredLevel & { id: string; name: string }): LayeredLevel {
  return { ...toLevel(settingsOf(row)), id: row.id, name: row.name, origin: "api" };
}

function storedTeam(row: TeamRow): LayeredTeam {
  return { ...storedLevel(row), customer: row.customer };
}

function storedKey(row: KeyRow): LayeredKey {
  const { hash, previousHash, previousUntilMs, team, customer } = row;
  const previous =
    previousHash !== null && previousUntilMs !== null ? { hash: previousHash, untilMs: previousUntilMs } : null;
  return { ...storedLevel(row), hash, previous, team, customer };
}

/** As the configuration would have it: without what is not set. */
function settingsOf({
  budgets,
  limits,
  perUser,
  models,
  providers,
  tags,
  expires,
  ips,
  disabled,
}: StoredLevel): Parameters<typeof toLevel>[0] {
  return {
    budgets: budgets ?? undefined,
    limits: limits ?? undefined,
    perUser: perUser ?? undefined,
    models: models ?? undefined,
    providers: providers ?? undefined,
    tags: tags ?? undefined,
    expires: expires ?? undefined,
    ips: ips ?? undefined,
    disabled,
  };
}

function danglingWarnings(
  keys: readonly LayeredKey[],
  teams: readonly LayeredTeam[],
  customers: readonly LayeredLevel[],
): string[] {
  const teamNames = new Set(teams.map(({ name }) => name));
  const customerNames = new Set(customers.map(({ name }) => name));
  return [
    ...keys
      .filter(({ team }) => team !== null && !teamNames.has(team))
      .map(({ name, team }) => `key "${name}" is refused: its team "${team}" does not exist any more`),
    ...[...keys, ...teams]
      .filter(({ customer }) => customer !== null && !customerNames.has(customer))
      .map(({ name, customer }) => `"${name}" is refused: its customer "${customer}" does not exist any more`),
  ];
}
