/**
 * Who calls. A credential is looked up by its SHA-256 in a Map, so that neither a prefix nor the time of a comparison
 * tells anything about a key; nothing but hashes is held.
 */
import type { Principal } from "../canonical/call.ts";
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import { globPattern } from "../canonical/glob.ts";

export interface VirtualKey {
  /** Stable identity: survives rotation of the secret. */
  id: string;
  name: string;
  /** SHA-256 of the key, lower-case hex. */
  hash: string;
  /** Patterns of public models and `provider/model` names; absent: all. */
  models?: readonly string[];
  /** Names of providers; absent: all. */
  providers?: readonly string[];
  /** Epoch milliseconds. */
  expiresAtMs?: number;
  disabled?: boolean;
  team?: string;
  customer?: string;
  tags?: Readonly<Record<string, string>>;
}

export interface AccessOptions {
  /** `none`: calls without a key, or with an unknown one, are anonymous. */
  require: "key" | "none";
  keys: readonly VirtualKey[];
}

export interface Access {
  /** Throws 401 `invalid_api_key`, 403 `key_expired` or `key_disabled`. */
  identify(credential: string | undefined): Principal;
}

export function createAccess(options: AccessOptions, clock: Clock): Access {
  const byHash = new Map(options.keys.map((key) => [key.hash, { key, principal: principalOf(key) }]));
  return {
    identify(credential) {
      const known = credential === undefined ? undefined : byHash.get(hashSecret(credential));
      if (!known) {
        if (options.require === "none") return ANONYMOUS;
        throw new GatewayError("invalid_api_key", credential === undefined ? MISSING_KEY : UNKNOWN_KEY);
      }
      const { key, principal } = known;
      if (key.disabled) throw new GatewayError("key_disabled", `Key "${key.name}" is disabled.`);
      if (key.expiresAtMs !== undefined && clock.now() >= key.expiresAtMs) {
        throw new GatewayError(
          "key_expired",
          `Key "${key.name}" expired at ${new Date(key.expiresAtMs).toISOString()}.`,
        );
      }
      return principal;
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

const ANONYMOUS: Principal = { kind: "anonymous", id: "anonymous", name: "anonymous", allows: () => true };

function principalOf(key: VirtualKey): Principal {
  const models = key.models?.map(globPattern);
  const providers = key.providers && new Set(key.providers);
  const { id, name, team, customer, tags } = key;
  return {
    kind: "key",
    id,
    name,
    team,
    customer,
    tags,
    allows(what) {
      if ("provider" in what) return providers?.has(what.provider) ?? true;
      return models?.some((pattern) => pattern.test(what.model)) ?? true;
    },
  };
}
