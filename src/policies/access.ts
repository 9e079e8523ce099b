/**
 * Who calls, and what they may do. A credential is looked up by its SHA-256 in a Map, so that neither a prefix nor the
 * time of a comparison tells anything about a key; nothing but hashes is held. What a key's team and customer forbid,
 * the key may not do either.
 */
import type { Principal } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import { globPattern } from "../canonical/glob.ts";
import { addressRanges } from "./address-ranges.ts";

/** What a key, a team or a customer allows. */
export interface AccessRules {
  name: string;
  /** Patterns of public models and `provider/model` names; absent: all. */
  models?: readonly string[];
  /** Names of providers; absent: all. */
  providers?: readonly string[];
  /** Addresses and CIDR ranges; absent: any. */
  ips?: readonly string[];
  /** Epoch milliseconds. */
  expiresAtMs?: number;
  disabled?: boolean;
}

export interface EnclosingLevel extends AccessRules {
  level: "team" | "customer";
}

export interface VirtualKey extends AccessRules {
  /** Stable identity: survives rotation of the secret. */
  id: string;
  /** SHA-256 of the secret, lower-case hex. */
  hash: string;
  /** The secret before the last rotation, which works until then (epoch milliseconds). */
  previous?: { hash: string; untilMs: number };
  team?: string;
  /** Its own, or that of its team. */
  customer?: string;
  tags?: Readonly<Record<string, string>>;
  /** Its team and customer. */
  within?: readonly EnclosingLevel[];
}

export interface AccessOptions {
  /** `none`: calls without a key, or with an unknown one, are anonymous. */
  require: "key" | "none";
  keys: readonly VirtualKey[];
}

export interface Access {
  /**
   * Throws 401 `invalid_api_key`, 403 `key_expired`, `key_disabled` or `ip_not_allowed`.
   * @param from asked for its address only by keys that are bound to addresses
   */
  identify(credential: string | undefined, from?: { readonly remoteAddress: string }): Principal;
  /** From the next call on these are the keys there are. */
  replace(options: AccessOptions): void;
}

export function createAccess(initial: AccessOptions, clock: Clock): Access {
  let { require } = initial;
  let byHash = indexOf(initial.keys);
  return {
    identify(credential, from = NOWHERE) {
      const found = credential === undefined ? undefined : byHash.get(hashSecret(credential));
      if (!found || (found.untilMs !== undefined && clock.now() >= found.untilMs)) {
        if (require === "none") return ANONYMOUS;
        throw new GatewayError("invalid_api_key", credential === undefined ? MISSING_KEY : UNKNOWN_KEY);
      }
      const { known } = found;
      known.admitted ??= { principal: principalOf(known.key), checks: checksOf(known.key, clock) };
      for (const check of known.admitted.checks) check(from);
      return known.admitted.principal;
    },
    replace(options) {
      require = options.require;
      byHash = indexOf(options.keys);
    },
  };
}

/** Lower-case hex SHA-256: how every key and token is held and looked up. */
export function hashSecret(secret: string): string {
  return new Bun.CryptoHasher("sha256").update(secret).digest("hex");
}

const MISSING_KEY =
  "No API key was sent. Use the header Authorization: Bearer <key>, x-api-key, api-key or x-goog-api-key.";
const UNKNOWN_KEY = "The API key is not valid.";
const NOWHERE = { remoteAddress: "" };

const ANONYMOUS: Principal = { kind: "anonymous", id: "anonymous", name: "anonymous", allows: () => true };

type Check = (from: { readonly remoteAddress: string }) => void;

/** What is made of a key's patterns and ranges is made at its first call: most of many keys are idle. */
interface Known {
  key: VirtualKey;
  admitted?: { principal: Principal; checks: readonly Check[] };
}

/** `untilMs`: end of the secret's life, after a rotation. */
function indexOf(keys: readonly VirtualKey[]): Map<string, { known: Known; untilMs?: number }> {
  const index = new Map<string, { known: Known; untilMs?: number }>();
  for (const key of keys) {
    const known: Known = { key };
    index.set(key.hash, { known });
    if (key.previous) index.set(key.previous.hash, { known, untilMs: key.previous.untilMs });
  }
  return index;
}

/** Only the checks that can fail, so that an ordinary key has none. */
function checksOf(key: VirtualKey, clock: Clock): Check[] {
  const shown = `Key "${key.name}"`;
  const levels = [
    { rules: key as AccessRules, because: "" },
    ...(key.within ?? []).map((rules) => ({ rules, because: ` with its ${rules.level} "${rules.name}"` })),
  ];
  return levels.flatMap(({ rules, because }) => {
    const checks: Check[] = [];
    const { disabled, expiresAtMs, ips } = rules;
    if (disabled) {
      checks.push(() => {
        throw new GatewayError("key_disabled", `${shown} is disabled${because}.`);
      });
    }
    if (expiresAtMs !== undefined) {
      const message = `${shown} expired${because} at ${new Date(expiresAtMs).toISOString()}.`;
      checks.push(() => {
        if (clock.now() >= expiresAtMs) throw new GatewayError("key_expired", message);
      });
    }
    if (ips) {
      const contains = addressRanges(ips);
      checks.push(({ remoteAddress }) => {
        if (contains(remoteAddress)) return;
        throw new GatewayError("ip_not_allowed", `${shown} may not be used from ${remoteAddress || "this address"}.`);
      });
    }
    return checks;
  });
}

function principalOf(key: VirtualKey): Principal {
  const levels: readonly AccessRules[] = [key, ...(key.within ?? [])];
  const models = levels.flatMap((level) => (level.models ? [level.models.map(globPattern)] : []));
  const providers = levels.flatMap((level) => (level.providers ? [new Set(level.providers)] : []));
  const { id, name, team, customer, tags } = key;
  return {
    kind: "key",
    id,
    name,
    team,
    customer,
    tags,
    allows(what) {
      if ("provider" in what) return providers.every((names) => names.has(what.provider));
      return models.every((patterns) => patterns.some((pattern) => pattern.test(what.model)));
    },
  };
}
