/** Cookies of sign-in: never readable by a page's scripts, never sent along by other sites' forms. */
import { SIGN_IN_MS } from "./pending.ts";

/**
 * `__Host-` makes browsers refuse a cookie of that name from a neighbouring subdomain or a plain connection, which could
 * plant a session of somebody else's. It needs `Secure`, so plain HTTP on loopback goes without.
 */
function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

const SESSION = "evergate_session";

export function sessionSecretOf(request: Request, secure: boolean): string | undefined {
  return readCookie(request, cookieName(SESSION, secure));
}

/** Without an age: the browser forgets it as it closes, and the session's own ends are kept by the gateway. */
export function sessionCookie(secret: string, secure: boolean): string {
  return `${cookieName(SESSION, secure)}=${secret}${attributes(secure)}`;
}

export function clearedSessionCookie(secure: boolean): string {
  return clearedCookie(SESSION, secure);
}

const SIGN_IN = "evergate_sign_in";
const SIGN_IN_SECONDS = SIGN_IN_MS / 1_000;

/** The sign-in under way, sealed. */
export function signInCookie(sealed: string, secure: boolean): string {
  return `${cookieName(SIGN_IN, secure)}=${sealed}${attributes(secure)}; Max-Age=${SIGN_IN_SECONDS}`;
}

export function signInSecretOf(request: Request, secure: boolean): string | undefined {
  return readCookie(request, cookieName(SIGN_IN, secure));
}

export function clearedSignInCookie(secure: boolean): string {
  return clearedCookie(SIGN_IN, secure);
}

function clearedCookie(name: string, secure: boolean): string {
  return `${cookieName(name, secure)}=${attributes(secure)}; Max-Age=0`;
}

function attributes(secure: boolean): string {
  return `; Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

const MAX_COOKIES_LENGTH = 16_384;

/** The first of that name; undefined when it is empty or not there. */
function readCookie(request: Request, name: string): string | undefined {
  const header = request.headers.get("cookie");
  if (header === null || header.length > MAX_COOKIES_LENGTH) return undefined;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}
