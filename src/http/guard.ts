/** Who may use a route. The table names the role; this is the one place where it is enforced. */
import { GatewayError } from "../canonical/errors.ts";
import type { Exchange } from "./exchange.ts";
import { bearerOf } from "./ingress/credential.ts";
import type { Holder, Role } from "./ports.ts";

/**
 * `open`: anybody. `key`: a virtual key, checked by the pipeline (inference) or by the handler (models).
 * `metrics`, `viewer`, `admin`: a token of that role or a higher one. `team`: viewers, and holders of the role `team`,
 * to whom the handler shows their own team alone (`teamOf`).
 */
export type RouteRole = "open" | "key" | "metrics" | "team" | "viewer" | "admin";

const MAY: Record<Exclude<RouteRole, "open" | "key">, readonly Role[]> = {
  metrics: ["metrics", "viewer", "admin"],
  team: ["team", "viewer", "admin"],
  viewer: ["viewer", "admin"],
  admin: ["admin"],
};

/** Throws 401 without a valid token, 403 for one whose role does not suffice. */
export function authorise(role: RouteRole, exchange: Exchange): void {
  if (role === "open" || role === "key") return;
  const { ports, request } = exchange;
  if (role === "metrics" && ports.settings().metricsOpen) return;
  const held = ports.roleOf(bearerOf(request.headers.get("authorization")));
  if (held === undefined)
    throw new GatewayError("invalid_api_key", "This path needs a valid admin token as `Authorization: Bearer …`.");
  if (!MAY[role].includes(held.role))
    throw new GatewayError("permission_denied", `The role "${held.role}" may not use this path; it needs "${role}".`);
  exchange.holder = held;
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
