/**
 * Access tokens for Vertex AI from a service account's key: a signed assertion is exchanged at the account's token
 * endpoint (RFC 7523; Google's "Using OAuth 2.0 for server to server applications"). A token lives an hour. It is kept,
 * and renewed while the old one still serves, so that no call waits for it but the first; calls that wait share one
 * exchange. Nothing of the key is in any message.
 */
import { importPKCS8, SignJWT } from "jose";
import type { Clock, Fetch } from "../canonical/deps.ts";
import type { Failure } from "../canonical/errors.ts";
import { NoCredentials } from "./provider.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** The longest life Google grants to an assertion. */
const ASSERTION_SECONDS = 3_600;
/** Left of a token's life when its renewal begins in the background, and when it is no longer used. */
const RENEW_BEFORE_MS = 5 * 60_000;
const UNUSABLE_BEFORE_MS = 30_000;
const EXCHANGE_TIMEOUT_MS = 10_000;
/** After a failed renewal the next call tries again, but not each of a storm's. */
const RENEW_PAUSE_MS = 10_000;

export interface ServiceAccount {
  clientEmail: string;
  privateKey: string;
  privateKeyId: string | undefined;
  tokenUri: string;
}

/** What is wrong with the text of a service account's file, without quoting any of it, or the account. */
export function parseServiceAccount(text: string): ServiceAccount | { fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: "is not the JSON of a service account's key file" };
  }
  const fields = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const { type, client_email: email, private_key: key, private_key_id: keyId, token_uri: uri } = fields;
  if (type !== "service_account") return { fault: 'is no service account (its "type" is not "service_account")' };
  if (typeof email !== "string" || typeof key !== "string")
    return { fault: 'lacks "client_email" or "private_key" of a service account' };
  const tokenUri = uri ?? "https://oauth2.googleapis.com/token";
  if (typeof tokenUri !== "string" || !/^https?:\/\//.test(tokenUri) || !URL.canParse(tokenUri))
    return { fault: 'has a "token_uri" that is no address' };
  return {
    clientEmail: email,
    privateKey: key,
    privateKeyId: typeof keyId === "string" ? keyId : undefined,
    tokenUri,
  };
}

interface Token {
  value: string;
  /** Epoch milliseconds. */
  expiresAtMs: number;
}

/** A token that is good for at least half a minute; throws NoCredentials. */
export type TokenSource = () => string | Promise<string>;

export function tokenSource(account: ServiceAccount, deps: { clock: Clock; fetch: Fetch }): TokenSource {
  let token: Token | undefined;
  let exchange: Promise<string> | undefined;
  let renewNotBeforeMs = 0;

  const renew = () => {
    exchange ??= fetchToken(account, deps)
      .then((fresh) => {
        token = fresh;
        return fresh.value;
      })
      .finally(() => {
        exchange = undefined;
      });
    return exchange;
  };

  return () => {
    const now = deps.clock.now();
    const leftMs = token ? token.expiresAtMs - now : 0;
    if (!token || leftMs < UNUSABLE_BEFORE_MS) return renew();
    if (leftMs < RENEW_BEFORE_MS && now >= renewNotBeforeMs) {
      renewNotBeforeMs = now + RENEW_PAUSE_MS;
      // The old token still serves; when the renewal keeps failing, the call that has to wait is told why.
      renew().catch(() => {});
    }
    return token.value;
  };
}

async function fetchToken(account: ServiceAccount, { clock, fetch }: { clock: Clock; fetch: Fetch }): Promise<Token> {
  const assertion = await signedAssertion(account, clock.now());
  const timeout = new AbortController();
  const cancel = clock.after(EXCHANGE_TIMEOUT_MS, () => timeout.abort());
  try {
    const response = await fetch(account.tokenUri, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "accept-encoding": "identity" },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      redirect: "manual",
      signal: timeout.signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new NoCredentials(refusal(response.status));
    }
    return tokenOf(await response.json(), clock.now());
  } catch (error) {
    if (error instanceof NoCredentials) throw error;
    if (timeout.signal.aborted)
      throw new NoCredentials({ class: "timeout", message: "Google's token endpoint did not answer in time." });
    throw new NoCredentials({ class: "connection", message: "Google's token endpoint could not be reached." });
  } finally {
    cancel();
  }
}

async function signedAssertion(account: ServiceAccount, nowMs: number): Promise<string> {
  const seconds = Math.floor(nowMs / 1_000);
  try {
    const key = await importPKCS8(account.privateKey, "RS256");
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(account.privateKeyId && { kid: account.privateKeyId }) })
      .setIssuer(account.clientEmail)
      .setAudience(account.tokenUri)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + ASSERTION_SECONDS)
      .sign(key);
  } catch {
    // The cause may quote the key.
    throw new NoCredentials({ class: "auth", message: "The service account's private key cannot be read." });
  }
}

/** A 4xx speaks about the key, anything else about Google. */
function refusal(status: number): Failure {
  const message = `Google's token endpoint answered ${status}.`;
  if (status === 429) return { class: "rate_limited", status, message };
  if (status >= 400 && status < 500) return { class: "auth", status, message };
  return { class: status === 503 ? "overloaded" : "server", status, message };
}

function tokenOf(json: unknown, nowMs: number): Token {
  const { access_token: value, expires_in: seconds } = (json ?? {}) as Record<string, unknown>;
  if (typeof value !== "string" || value === "" || !/^[\x21-\x7e]+$/.test(value))
    throw new NoCredentials({ class: "malformed", message: "Google's token endpoint gave no access token." });
  const life = typeof seconds === "number" && seconds > 0 ? seconds : ASSERTION_SECONDS;
  return { value, expiresAtMs: nowMs + life * 1_000 };
}
