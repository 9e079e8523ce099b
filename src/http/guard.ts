/** Who may use a route. The table names the role; this is the one place where it is enforced. */
import { GatewayError } from "../canonical/errors.ts";
import type { Exchange } from "./exchange.ts";
import { bearerOf } from "./ingress/credential.ts";
import type { Role } from "./ports.ts";

/**
 * `open`: anybody. `key`: a virtual key, checked by the pipeline (inference) or by the handler (models).
 * `metrics`, `viewer`, `admin`: a token of that role or a higher one.
 */
export type RouteRole = "open" | "key" | "metrics" | "viewer" | "admin";

const MAY: Record<Exclude<RouteRole, "open" | "key">, readonly Role[]> = {
  metrics: ["metrics", "viewer", "admin"],
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
  if (!MAY[role].includes(held))
    throw new GatewayError("permission_denied", `The role "${held}" may not use this path; it needs "${role}".`);
}
