/** GET /admin/targets: every (target, key) with its breaker and rest. */
import type { Exchange } from "../exchange.ts";
import type { TargetStatus } from "../ports.ts";
import { json } from "../respond.ts";
import { readQuery } from "./query.ts";

export function listTargets(exchange: Exchange): Response {
  readQuery(exchange.request.url, []);
  return json(exchange, { data: exchange.ports.admin.targets().map(targetJson), next: null });
}

function targetJson(status: TargetStatus): Record<string, unknown> {
  const { restingUntilMs } = status;
  return {
    target: status.target,
    provider: status.provider,
    model: status.model,
    key: status.key,
    state: status.state,
    reason: status.reason,
    resting_until: restingUntilMs === null ? null : new Date(restingUntilMs).toISOString(),
    in_flight: status.inFlight,
    consecutive_failures: status.consecutiveFailures,
  };
}
