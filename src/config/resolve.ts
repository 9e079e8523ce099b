/**
 * From a value as it was written to the configuration in force, or to every fault in it. The only input besides the
 * value are the environment and the files it names, so that a file, a reload and the admin API judge alike.
 */

import { dirname, resolve } from "node:path";
import type { JsonObject } from "../canonical/chat.ts";
import { isLoopback } from "../policies/address-ranges.ts";
import { bareRoutes } from "./bare.ts";
import type { Config } from "./config.ts";
import {
  CONTENT_DEFAULTS,
  LOG_KEEP_DAYS,
  MEDIA_DEFAULTS,
  RESPONSES_KEEP_DAYS,
  SECRETS_DEFAULTS,
  SERVER_DEFAULTS,
  STORE_PATH,
} from "./defaults.ts";
import { effectiveSettings } from "./effective.ts";
import type { Fault } from "./fault.ts";
import { inspect } from "./inspect.ts";
import type { ManagedRead, ManagedUse } from "./managers/reference.ts";
import { observeFaults } from "./observe-faults.ts";
import { printPath } from "./path.ts";
import { toPlain } from "./plain.ts";
import { providerFaults } from "./provider-faults.ts";
import { referenceFaults } from "./references.ts";
import { toAccess, toPrice } from "./resolve-access.ts";
import { toCache } from "./resolve-cache.ts";
import { alertSecretFaults, toAlerts, toEvals } from "./resolve-observe.ts";
import { type SecretAt, toModel, toProvider, toResilience } from "./resolve-routing.ts";
import { toSso } from "./resolve-sso.ts";
import { type CheckedSettings, SETTINGS } from "./schema.ts";
import { type Environment, managedUses, readSecrets, type Secrets } from "./secrets.ts";
import { ssoFaults } from "./sso-faults.ts";
import { unsupportedFaults } from "./unsupported.ts";
import { type Local, zeroProviders } from "./zero.ts";

export interface ResolveContext {
  /** Absolute path of the file, or null for values that come from elsewhere. */
  file: string | null;
  /** Working directory: base of the data directory's default and, without a file, of `file("path")`. */
  directory: string;
  environment: Environment;
  /** What runs on this machine; asked for by `probeLocal`. */
  local: Local;
  /** What was read from secrets managers. Absent, or without a reference: its place stays empty. */
  managed?: ReadonlyMap<string, ManagedRead>;
  /**
   * A variable or file that is not there is no fault, its place stays empty: for commands that work on the data
   * directory and call no provider, in a shell that has no reason to hold the providers' keys.
   */
  allowAbsentSecrets?: boolean;
  /** From the command line; they win over the file. */
  overrides?: { host?: string; port?: number; dataPath?: string };
}

export interface Resolution {
  /** Absent when there is any fault. */
  config?: Config;
  faults: Fault[];
  warnings: Fault[];
  /** Lines for the start-up text: what zero configuration found and what it could not use. */
  notes: string[];
  /** References to secrets managers. */
  managed: readonly ManagedUse[];
  /** The secret at a place; undefined where none was read. A function, so that no value is ever printed with the rest. */
  secretAt(place: string): string | undefined;
}

const NO_SECRETS: Pick<Resolution, "managed" | "secretAt"> = { managed: [], secretAt: () => undefined };

/** The references to secrets managers in settings as they were written, whatever else is wrong with them. */
export function managedIn(given: unknown): ManagedUse[] {
  return managedUses(inspect(SETTINGS, toPlain(given).value).secrets);
}

export function resolveSettings(given: unknown, context: ResolveContext): Resolution {
  const { value, faults: notPlain } = toPlain(given);
  if (notPlain.length > 0) return { faults: notPlain, warnings: [], notes: [], ...NO_SECRETS };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const faults = [{ path: "", message: "the configuration must be an object" }];
    return { faults, warnings: [], notes: [], ...NO_SECRETS };
  }
  const written = value as Record<string, unknown>;
  const zero = written["providers"] === undefined ? zeroProviders(context, ownPort(written, context)) : undefined;
  const settings = zero ? { ...written, providers: zero.providers } : written;
  const { faults, secrets: uses } = inspect(SETTINGS, settings);
  const directory = context.file ? dirname(context.file) : context.directory;
  const secrets = readSecrets(uses, { environment: context.environment, directory, managed: context.managed });
  const sso = ssoFaults(settings, ownHost(settings, context));
  const guessable = guessableSecrets(secrets.values, context.environment, ownHost(settings, context));
  const names = { providers: namesIn(settings["providers"]), models: optionalNames(settings["models"]) };
  faults.push(
    ...(zero?.faults ?? []),
    ...unsupportedFaults(settings),
    ...referenceFaults(settings, names),
    ...observeFaults(settings, names),
    ...sso.faults,
    ...providerFaults(settings["providers"]),
    ...(context.allowAbsentSecrets ? [] : secrets.faults),
    ...sameSecretFaults(secrets.values),
    ...guessable.faults,
    ...alertSecretFaults(secrets.values),
  );
  const notes = zero?.notes ?? [];
  const warnings = [...secrets.warnings, ...guessable.warnings, ...sso.warnings];
  const ofManagers = { managed: managedUses(uses), secretAt: (place: string) => secrets.values.get(place) };
  if (faults.length > 0) return { faults: withoutRepeats(faults), warnings, notes, ...ofManagers };
  const config = toConfig(settings as CheckedSettings, secrets, { ...context, standIns: zero?.standIns ?? false });
  return { config: deepFreeze(config), faults, warnings, notes, ...ofManagers };
}

function toConfig(
  settings: CheckedSettings,
  secrets: Secrets,
  context: ResolveContext & Pick<Config, "standIns">,
): Config {
  const secretAt: SecretAt = (...path) => secrets.values.get(printPath(path)) ?? "";
  const server = { ...SERVER_DEFAULTS, ...settings.server };
  const providers = Object.entries(settings.providers ?? {}).map(([name, setting]) =>
    toProvider(name, setting, secretAt),
  );
  const config: Omit<Config, "effective"> = {
    file: context.file,
    server: {
      host: context.overrides?.host ?? server.host,
      port: context.overrides?.port ?? server.port,
      drainMs: server.drainMs,
      // The variable that all examples use: whoever has set it expects it to be the token, also without a file.
      adminToken:
        secrets.values.get("server.adminToken") ?? (context.environment[ADMIN_TOKEN_VARIABLE]?.trim() || null),
      tls: server.tls ? { cert: secretAt("server", "tls", "cert"), key: secretAt("server", "tls", "key") } : null,
      maxBodyBytes: server.maxBodyBytes,
      maxQueueMs: server.maxQueueMs,
      publicUrl: server.publicUrl ?? null,
      trustedProxies: server.trustedProxies,
      corsOrigins: server.corsOrigins,
      allowPrivateNetwork: server.allowPrivateNetwork,
    },
    store: { path: storePath(settings, context) },
    secrets: { ...SECRETS_DEFAULTS, ...settings.secrets },
    providers,
    models: Object.entries(settings.models ?? {}).map(([name, setting]) => toModel(name, setting, settings.cache)),
    bareRoutes: settings.models ? null : bareRoutes(providers, context.local),
    standIns: context.standIns,
    local: context.local,
    resilience: toResilience(settings.resilience),
    cache: toCache(settings.cache),
    access: toAccess(settings.access, secretAt),
    pricing: Object.fromEntries(Object.entries(settings.pricing ?? {}).map(([name, price]) => [name, toPrice(price)])),
    responses: { keepDays: settings.responses?.keepDays ?? RESPONSES_KEEP_DAYS },
    media: { ...MEDIA_DEFAULTS, ...settings.media },
    sso: toSso(settings.sso, secretAt),
    alerts: toAlerts(settings.alerts, secretAt),
    evals: toEvals(settings.evals),
    telemetry: {
      metrics: {
        public: settings.telemetry?.metrics?.public ?? false,
        token: secrets.values.get("telemetry.metrics.token") ?? null,
      },
      otlp: toOtlp(settings.telemetry?.otlp, secretAt),
      log: { keepDays: settings.telemetry?.log?.keepDays ?? LOG_KEEP_DAYS },
      content: { ...CONTENT_DEFAULTS, ...settings.telemetry?.content },
    },
  };
  return { ...config, effective: effectiveSettings(settings, secrets.shown, config) as JsonObject };
}

function toOtlp(
  setting: NonNullable<CheckedSettings["telemetry"]>["otlp"],
  secretAt: SecretAt,
): Config["telemetry"]["otlp"] {
  if (!setting) return null;
  const names = Object.keys(setting.headers ?? {});
  const headers = Object.fromEntries(names.map((name) => [name, secretAt("telemetry", "otlp", "headers", name)]));
  return { endpoint: setting.endpoint, headers, sample: setting.sample ?? 1 };
}

/** A path in the file is relative to the file, one from the command line and the default to the working directory. */
function storePath(settings: CheckedSettings, { file, directory, overrides }: ResolveContext): string {
  const written = settings.store?.path;
  if (overrides?.dataPath !== undefined || written === undefined) {
    return resolve(directory, overrides?.dataPath ?? STORE_PATH);
  }
  return resolve(file ? dirname(file) : directory, written);
}

function ownPort(settings: Record<string, unknown>, { overrides }: ResolveContext): number {
  const written = (settings["server"] as { port?: unknown } | undefined)?.port;
  return overrides?.port ?? (typeof written === "number" ? written : SERVER_DEFAULTS.port);
}

function ownHost(settings: Record<string, unknown>, { overrides }: ResolveContext): string {
  const written = (settings["server"] as { host?: unknown } | undefined)?.host;
  return overrides?.host ?? (typeof written === "string" ? written : SERVER_DEFAULTS.host);
}

/** Two virtual keys with one secret would be one key with two names and two budgets. */
function sameSecretFaults(values: ReadonlyMap<string, string>): Fault[] {
  const faults: Fault[] = [];
  const places = new Map<string, string>();
  for (const [place, secret] of values) {
    if (!VIRTUAL_KEY.test(place)) continue;
    const first = places.get(secret);
    if (first) faults.push({ path: place, message: `is the same secret as ${first}` });
    places.set(secret, place);
  }
  return faults;
}

const ADMIN_TOKEN_VARIABLE = "EVERGATE_ADMIN_TOKEN";

/** What opens the gateway may be tried as often as it answers: a fault, or a warning where only this machine can. */
function guessableSecrets(
  values: ReadonlyMap<string, string>,
  environment: ResolveContext["environment"],
  host: string,
): { faults: Fault[]; warnings: Fault[] } {
  const opening = [...values].filter(([place]) => VIRTUAL_KEY.test(place) || TOKENS.includes(place));
  const own = environment[ADMIN_TOKEN_VARIABLE]?.trim();
  if (own && !values.has("server.adminToken")) opening.push([ADMIN_TOKEN_VARIABLE, own]);
  const short = opening
    .filter(([, secret]) => secret.length < MIN_SECRET_LENGTH)
    .map(([path]) => ({ path, message: `has fewer than ${MIN_SECRET_LENGTH} characters` }));
  return isLoopback(host) ? { faults: [], warnings: short } : { faults: short, warnings: [] };
}

const VIRTUAL_KEY = /^access\.keys[.[].*\.secret$/;
const TOKENS = ["server.adminToken", "telemetry.metrics.token"];
const MIN_SECRET_LENGTH = 8;

function namesIn(value: unknown): Set<string> {
  return new Set(typeof value === "object" && value !== null ? Object.keys(value) : []);
}

function optionalNames(value: unknown): Set<string> | undefined {
  return value === undefined ? undefined : namesIn(value);
}

function withoutRepeats(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.path}\n${fault.message}`, fault])).values()];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
