/** Liveness and readiness: no work, no I/O, so that they answer under full load. */
import { GatewayError } from "../canonical/errors.ts";
import type { Exchange } from "./exchange.ts";
import { json } from "./respond.ts";

export function live(exchange: Exchange): Response {
  return json(exchange, { status: "ok" });
}

/** 503 while starting or draining: a load balancer then sends no new calls. */
export function ready(exchange: Exchange): Response {
  const state = exchange.ports.readiness();
  if (state === "ready") return json(exchange, { status: "ok" });
  return json(exchange, { status: state }, new GatewayError("shutting_down", state).status);
}
