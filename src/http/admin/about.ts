/** GET /admin/about: what the dashboard says of the gateway as a whole. */
import type { Exchange } from "../exchange.ts";
import { json } from "../respond.ts";
import { readQuery } from "./query.ts";

export function showAbout(exchange: Exchange): Response {
  readQuery(exchange.request.url, []);
  const { admin, clock, readiness, version } = exchange.ports;
  return json(exchange, {
    version,
    readiness: readiness(),
    simulated: admin.simulated(),
    requires_key: admin.requiresKey(),
    now: new Date(clock.now()).toISOString(),
  });
}
