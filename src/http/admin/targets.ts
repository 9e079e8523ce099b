/** GET /admin/targets, POST /admin/targets/{target}/drain and /restore: every (target, key) with breaker, rest, quota. */
import { GatewayError } from "../../canonical/errors.ts";
import type { Exchange } from "../exchange.ts";
import { actorOf } from "../guard.ts";
import type { QuotaWindow, TargetQuota, TargetStatus } from "../ports.ts";
import { decodeSegment } from "../request-path.ts";
import { json } from "../respond.ts";
import { readOptionalBody } from "./body.ts";
import { readQuery, refused } from "./query.ts";

export function listTargets(exchange: Exchange): Response {
  readQuery(exchange.request.url, []);
  return json(exchange, { data: exchange.ports.admin.targets().map(targetJson), next: null });
}

const PREFIX = "/admin/targets/";

/** A target's name holds a slash, so it is what stands between the prefix and the last segment. */
export async function changeTarget(exchange: Exchange): Promise<Response> {
  readQuery(exchange.request.url, []);
  const [unknown] = Object.keys(await readOptionalBody(exchange));
  if (unknown !== undefined) throw refused(unknown, `Unknown field "${unknown.slice(0, 100)}"; the body has none.`);
  const { admin, clock } = exchange.ports;
  const rest = exchange.path.slice(PREFIX.length);
  const end = rest.lastIndexOf("/");
  const action = rest.slice(end + 1);
  const target = decodeSegment(rest.slice(0, Math.max(0, end))) ?? "";
  if (action !== "drain" && action !== "restore")
    throw new GatewayError("not_found", "The path must end in /drain or /restore.");
  const { name: actor, remoteAddress } = actorOf(exchange);
  const drained = action === "drain";
  const known = await admin.setDrained(target, drained, {
    atMs: clock.now(),
    actor,
    remoteAddress,
    action,
    resource: "target",
    resourceId: target,
    name: target,
    before: null,
    after: { drained },
  });
  if (!known) throw new GatewayError("not_found", `There is no target "${target.slice(0, 200)}".`, { param: "target" });
  return json(exchange, {
    data: admin
      .targets()
      .filter((one) => one.target === target)
      .map(targetJson),
    next: null,
  });
}

function targetJson(status: TargetStatus): Record<string, unknown> {
  return {
    target: status.target,
    provider: status.provider,
    model: status.model,
    key: status.key,
    state: status.state,
    reason: status.reason,
    resting_until: time(status.restingUntilMs),
    in_flight: status.inFlight,
    consecutive_failures: status.consecutiveFailures,
    latency_ms: status.latencyMs,
    quota: status.quota && quotaJson(status.quota),
  };
}

function quotaJson(quota: TargetQuota): Record<string, unknown> {
  const { requests, tokens, inputTokens, outputTokens, pacedPerMinute } = quota;
  return {
    ...(requests && { requests: windowJson(requests) }),
    ...(tokens && { tokens: windowJson(tokens) }),
    ...(inputTokens && { input_tokens: windowJson(inputTokens) }),
    ...(outputTokens && { output_tokens: windowJson(outputTokens) }),
    ...(pacedPerMinute !== undefined && { paced_per_minute: pacedPerMinute }),
  };
}

function windowJson({ limit, remaining, resetAtMs }: QuotaWindow): Record<string, unknown> {
  return { limit, remaining, resets_at: time(resetAtMs) };
}

function time(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
