/** `/sso/session` and `/sso/logout`: who is signed in, signing in with the admin token, signing out. */
import { GatewayError } from "../../canonical/errors.ts";
import { readBody } from "../admin/body.ts";
import { refused } from "../admin/query.ts";
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { clearedSessionCookie, sessionCookie, sessionSecretOf } from "./cookie.ts";
import { type Person, type Session, TOKEN_METHOD } from "./sessions.ts";

const MAX_TOKEN_CHARACTERS = 4_096;

/** Who holds the cookie, if anybody, and how one may sign in. */
export function showSession(exchange: Exchange): Response {
  return shown(exchange, sessionOf(exchange));
}

/** Exchanges the admin token for a session, so that a browser need not keep the token. */
export async function openSession(exchange: Exchange): Promise<Response> {
  const { ports, request, connection } = exchange;
  const address = connection.remoteAddress(request);
  const { token, ...rest } = await readBody(exchange);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}".`);
  if (typeof token !== "string" || token === "" || token.length > MAX_TOKEN_CHARACTERS)
    throw refused("token", "token must be the admin token.");
  // Nothing is awaited between the look at the count and the count: many attempts at once are no more than many.
  ports.sso.failures.check(address);
  if (ports.roleOf(token)?.role !== "admin") {
    ports.sso.failures.count(address);
    await ports.sso.failures.record(address, TOKEN_METHOD, "wrong admin token");
    throw new GatewayError("invalid_api_key", "That is not the admin token.");
  }
  const person: Person = {
    role: "admin",
    team: null,
    name: "admin token",
    mail: null,
    method: TOKEN_METHOD,
    person: TOKEN_METHOD,
  };
  const { cookie, session } = await signIn(exchange, person);
  const response = shown(exchange, session, 201);
  response.headers.append("set-cookie", cookie);
  return response;
}

/** A new session for somebody who has proved who they are; whatever the browser held before is over. */
export async function signIn(exchange: Exchange, person: Person): Promise<{ cookie: string; session: Session }> {
  const { ports, request } = exchange;
  const { secureCookies } = ports.settings();
  await ports.sso.sessions.end(sessionSecretOf(request, secureCookies));
  const { secret, session } = await ports.sso.sessions.begin(person);
  await record(exchange, "sign_in", session, { role: session.role, team: session.team }).catch(async (error) => {
    // What the audit trail cannot tell of does not happen.
    await ports.sso.sessions.end(secret);
    throw error;
  });
  return { cookie: sessionCookie(secret, secureCookies), session };
}

/** Signs out this session. */
export async function endSession(exchange: Exchange): Promise<Response> {
  await end(exchange);
  return signedOut(exchange);
}

/** Signs out everywhere: every session of the person. */
export async function endSessions(exchange: Exchange): Promise<Response> {
  const session = sessionOf(exchange);
  if (session) {
    const sessions = await exchange.ports.sso.sessions.endAll(session.person);
    await record(exchange, "sign_out", session, { sessions });
  }
  return signedOut(exchange);
}

/**
 * A link to sign out. One on somebody else's page only leads to the dashboard: `Sec-Fetch-Site` is the browser's own
 * word (W3C Fetch Metadata), which a page cannot change.
 */
export async function logout(exchange: Exchange): Promise<Response> {
  const headers = new Headers({ location: "/ui", "cache-control": "no-store" });
  if (exchange.request.headers.get("sec-fetch-site") !== "cross-site") {
    await end(exchange);
    headers.append("set-cookie", clearedSessionCookie(exchange.ports.settings().secureCookies));
  }
  return new Response(null, { status: 302, headers });
}

async function end(exchange: Exchange): Promise<void> {
  const session = sessionOf(exchange);
  if (!session) return;
  const { ports, request } = exchange;
  await ports.sso.sessions.end(sessionSecretOf(request, ports.settings().secureCookies));
  await record(exchange, "sign_out", session, { sessions: 1 });
}

/** Whose cookie came with the request. */
export function sessionOf({ ports, request }: Exchange): Session | undefined {
  return ports.sso.sessions.get(sessionSecretOf(request, ports.settings().secureCookies));
}

function signedOut({ ports }: Exchange): Response {
  const headers = { "set-cookie": clearedSessionCookie(ports.settings().secureCookies), "cache-control": "no-store" };
  return new Response(null, { status: 204, headers });
}

function shown(exchange: Exchange, session: Session | undefined, status = 200): Response {
  const methods = exchange.ports.sso.providers().map(({ name, label }) => ({ name, label, url: `/sso/${name}` }));
  if (!session) return json(exchange, { holder: null, csrf: null, methods, token: true }, status);
  const { role, team, name, mail, csrf } = session;
  const holder = { role, ...(team !== null && { team }), name, ...(mail !== null && { mail }) };
  return json(exchange, { holder, csrf, methods, token: true }, status);
}

function record(
  { ports, request, connection }: Exchange,
  action: "sign_in" | "sign_out",
  { name, mail, method }: Session,
  details: Record<string, unknown>,
): Promise<void> {
  const who = mail ?? name;
  return ports.sso.audit.append({
    atMs: ports.clock.now(),
    actor: `session of ${who}`,
    remoteAddress: connection.remoteAddress(request),
    action,
    resource: "session",
    resourceId: method,
    name: who,
    before: null,
    after: details,
  });
}
