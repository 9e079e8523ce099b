/** Who may use a route. The table names the role; this is the one place where it is enforced. */

import { GatewayError } from "../canonical/errors.ts";
import { equalInConstantTime } from "../policies/constant-time.ts";
import type { Exchange } from "./exchange.ts";
import { isForeignHost } from "./foreign-host.ts";
import { bearerOf } from "./ingress/credential.ts";
import type { Holder, Role } from "./ports.ts";
import { sessionOf } from "./sso/session.ts";

/**
 * `open`: anybody. `key`: a virtual key, checked by the pipeline (inference) or by the handler (models).
 * `metrics`, `viewer`, `admin`: a token of that role or a higher one. `team`: viewers, and holders of the role `team`,
 * to whom the handler shows their own team alone (`teamOf`). `session`: whoever is signed in, by the cookie alone.
 */
export type RouteRole = "open" | "key" | "session" | "metrics" | "team" | "viewer" | "admin";

const MAY: Record<Exclude<RouteRole, "open" | "key" | "session">, readonly Role[]> = {
  metrics: ["metrics", "viewer", "admin"],
  team: ["team", "viewer", "admin"],
  viewer: ["viewer", "admin"],
  admin: ["admin"],
};

/** Throws 401 without a valid token or session, 403 for a role that does not suffice or a missing CSRF token. */
export function authorise(role: RouteRole, exchange: Exchange): void {
  if (role === "open") return;
  if (role === "key") {
    if (!exchange.ports.admin.requiresKey()) refuseForeignHost(exchange);
    return;
  }
  if (role === "metrics" && exchange.ports.settings().metricsOpen) return;
  const held = role === "session" ? holderOfSession(exchange) : holderOf(exchange);
  if (held === undefined) throw new GatewayError("invalid_api_key", role === "session" ? NO_SESSION : NO_TOKEN);
  if (role !== "session" && !MAY[role].includes(held.role))
    throw new GatewayError("permission_denied", `The role "${held.role}" may not use this path; it needs "${role}".`);
  exchange.holder = held;
}

function refuseForeignHost({ request, ports }: Exchange): void {
  if (!isForeignHost(request.headers.get("host"), ports.sso.publicUrl())) return;
  throw new GatewayError("permission_denied", FOREIGN_HOST);
}

const FOREIGN_HOST =
  "Without a virtual key calls are answered at localhost or an IP address alone, lest a web page reach the gateway by a name of its own. Make a key, or set server.publicUrl to this address.";
const NO_TOKEN = "This path needs a valid admin token as `Authorization: Bearer …`, or a session.";
const NO_SESSION = "Nobody is signed in.";

/** A request that brings a token of its own is judged by it, whatever cookie the browser added. */
function holderOf(exchange: Exchange): Holder | undefined {
  const authorization = exchange.request.headers.get("authorization");
  return authorization === null ? holderOfSession(exchange) : exchange.ports.roleOf(bearerOf(authorization));
}

/** Whether what `authorise` found still holds, for answers that take long: a token does, a session may have ended. */
export function isStillHeld(exchange: Exchange): boolean {
  return exchange.request.headers.get("authorization") !== null || sessionOf(exchange) !== undefined;
}

const SAFE_METHODS: readonly string[] = ["GET", "HEAD"];

/** Browsers send cookies along with what other sites make them ask; only our own page can read the CSRF token. */
function holderOfSession(exchange: Exchange): Holder | undefined {
  const session = sessionOf(exchange);
  if (!session) return undefined;
  const { method, headers } = exchange.request;
  if (!SAFE_METHODS.includes(method) && !equalInConstantTime(headers.get("x-evergate-csrf") ?? "", session.csrf))
    throw new GatewayError("permission_denied", "The header x-evergate-csrf is not the CSRF token of this session.");
  const { role, team, name, mail } = session;
  return { role, ...(team !== null && { team }), name: `session of ${mail ?? name}` };
}

/** The team that the answer is confined to; undefined: all. A holder of the role without a team sees nothing at all. */
export function teamOf({ holder }: Exchange): string | undefined {
  if (!holder) throw new GatewayError("internal", "The gateway failed to handle this request.");
  if (holder.role !== "team") return undefined;
  if (holder.team === undefined) throw new GatewayError("permission_denied", "This session belongs to no team.");
  return holder.team;
}

/** Who makes a change, for the audit trail. */
export function actorOf({ holder, connection, request }: Exchange): Pick<Holder, "name"> & { remoteAddress: string } {
  return { name: holder?.name ?? "unknown", remoteAddress: connection.remoteAddress(request) };
}
