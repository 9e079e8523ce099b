/**
 * A token of HashiCorp Vault and its life: taken from `VAULT_TOKEN`, or got by AppRole or Kubernetes login; renewed when
 * two thirds of its time are over, and got anew where renewing fails or its longest life is near. Vault's API reference,
 * auth/token, auth/approle and auth/kubernetes.
 */
import type { Clock, Log } from "../../canonical/deps.ts";
import type { Environment } from "../secrets.ts";
import { jsonOf, objectOf, textAt } from "./request.ts";
import { SecretFault } from "./secret-fault.ts";
import { type Login, loginOf, NO_LOGIN } from "./vault-login.ts";
import type { AskVault } from "./vault-request.ts";

/** Of a token's time. */
const RENEW_AT = 2 / 3;
/** A renewal that gives less than this share of the first time has met the token's longest life. */
const NEAR_END = 1 / 3;
/** After a renewal that failed. */
const RETRY_MS = 10_000;

export interface VaultSession {
  /** Throws SecretFault. */
  token(): Promise<string>;
  /** Vault refused this token: whether `token()` may now give another. */
  refused(token: string): boolean;
  close(): void;
}

interface Lease {
  token: string;
  /** Epoch milliseconds; Infinity: never. */
  endsAtMs: number;
  /** Its time when it was new, in milliseconds. */
  firstMs: number;
  renewable: boolean;
}

export function vaultSession(
  environment: Environment,
  ask: AskVault,
  { clock, log }: { clock: Clock; log: Log },
): VaultSession {
  const login = loginOf(environment);
  let lease: Lease | undefined;
  let opening: Promise<Lease> | undefined;
  let cancel: (() => void) | undefined;
  let closed = false;

  const wake = (afterMs: number, work: () => void) => {
    cancel?.();
    cancel = closed || !Number.isFinite(afterMs) ? undefined : clock.after(afterMs, work);
  };
  const keep = (fresh: Lease): Lease => {
    lease = fresh;
    wake((fresh.endsAtMs - clock.now()) * RENEW_AT, () => void goOn(fresh));
    return fresh;
  };
  const open = () => {
    opening ??= openLease(environment, login, ask, clock)
      .then(keep)
      .finally(() => {
        opening = undefined;
      });
    return opening;
  };
  const goOn = async (old: Lease) => {
    try {
      const renewed = old.renewable ? await renewLease(old, ask, clock) : undefined;
      // A reader found it refused meanwhile, and may have another one already.
      if (lease !== old) return;
      if (renewed && renewed.endsAtMs - clock.now() >= old.firstMs * NEAR_END) keep(renewed);
      else if (login) await open();
      else {
        lease = renewed ?? old;
        const ends = new Date(lease.endsAtMs).toISOString();
        log("warn", "VAULT_TOKEN cannot be renewed any more; once it has ended, secrets keep their last values", {
          ends,
        });
      }
    } catch (error) {
      if (lease !== old) return;
      const reason = error instanceof SecretFault ? error.message : "unknown error";
      log("warn", "the token of HashiCorp Vault was not renewed", { reason });
      wake(RETRY_MS, () => void goOn(old));
    }
  };

  return {
    async token() {
      if (lease && lease.endsAtMs > clock.now()) return lease.token;
      return (await open()).token;
    },
    refused(token) {
      // Another reader may have noticed before.
      if (lease?.token === token) lease = undefined;
      return login !== undefined;
    },
    close() {
      closed = true;
      cancel?.();
    },
  };
}

async function openLease(
  environment: Environment,
  login: Login | undefined,
  ask: AskVault,
  clock: Clock,
): Promise<Lease> {
  const token = environment["VAULT_TOKEN"]?.trim();
  if (token) return lookUp(token, ask, clock);
  if (!login) throw new SecretFault(NO_LOGIN);
  const answer = await ask({ path: `auth/${login.mount}/login`, body: login.body() });
  if (answer.status !== 200) {
    throw new SecretFault(
      `HashiCorp Vault refused the ${login.method} login (HTTP ${answer.status}); check ${login.check}`,
    );
  }
  return leaseOf(objectOf(jsonOf(answer)["auth"]), clock);
}

/** A token knows its own time. Where it may not ask (no default policy), reading will tell whether it is any good. */
async function lookUp(token: string, ask: AskVault, clock: Clock): Promise<Lease> {
  const answer = await ask({ path: "auth/token/lookup-self", token });
  const { ttl, creation_ttl: first, renewable } = objectOf(jsonOf(answer)["data"]);
  const ttlMs = answer.status === 200 && typeof ttl === "number" && ttl > 0 ? ttl * 1_000 : Number.POSITIVE_INFINITY;
  const firstMs = typeof first === "number" && first > 0 ? first * 1_000 : ttlMs;
  return { token, endsAtMs: clock.now() + ttlMs, firstMs, renewable: renewable === true };
}

/** Undefined where Vault refuses; throws where it does not answer. */
async function renewLease(old: Lease, ask: AskVault, clock: Clock): Promise<Lease | undefined> {
  const answer = await ask({ path: "auth/token/renew-self", token: old.token, body: {} });
  if (answer.status !== 200) return undefined;
  return { ...leaseOf(objectOf(jsonOf(answer)["auth"]), clock), firstMs: old.firstMs };
}

function leaseOf(auth: Readonly<Record<string, unknown>>, clock: Clock): Lease {
  const token = textAt(auth, "client_token");
  if (token === undefined) throw new SecretFault("HashiCorp Vault gave no token");
  const { lease_duration: seconds, renewable } = auth;
  const firstMs = typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY;
  return { token, endsAtMs: clock.now() + firstMs, firstMs, renewable: renewable === true };
}
