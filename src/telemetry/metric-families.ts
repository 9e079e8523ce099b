/** The metric families that call records feed. Names and labels are the public contract. */
import { Histogram, type Registry } from "prom-client";
import { createTally } from "./tally.ts";

const PREFIX = "evergate_";

const SECONDS = {
  duration: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640],
  overhead: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  firstToken: [0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 24, 48, 120],
  interToken: [0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5],
};

export function recordFamilies(registry: Registry) {
  const counter = (name: string, help: string, labelNames: readonly string[], scale?: number) =>
    createTally(registry, { name: `${PREFIX}${name}`, help, labelNames, scale });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames: ["model", "provider"],
      buckets,
      registers: [registry],
    });
  return {
    requests: counter("requests_total", "Calls by how they ended for the client.", [
      "model",
      "provider",
      "target_model",
      "status",
      "cache",
      "failover",
    ]),
    failovers: counter("failovers_total", "Moves of a call from a target that failed to another one.", [
      "model",
      "from",
      "to",
      "reason",
    ]),
    attempts: counter("upstream_attempts_total", "HTTP attempts at upstreams.", [
      "provider",
      "target_model",
      "outcome",
    ]),
    errors: counter("upstream_errors_total", "Attempts that failed, by class of failure.", [
      "provider",
      "target_model",
      "class",
    ]),
    tokens: counter("tokens_total", "Tokens read and written, each in exactly one bucket.", ["type"]),
    cost: counter("cost_usd_total", "Cost of all attempts in USD.", ["model", "provider", "team"], 1e-9),
    cache: counter("cache_requests_total", "Calls that looked for a cached answer.", ["kind", "result"]),
    cacheVerified: counter("cache_verified_total", "Cached answers that were compared with a fresh one.", ["result"]),
    duration: histogram(
      "request_duration_seconds",
      "From the request's arrival to the end of its reply.",
      SECONDS.duration,
    ),
    overhead: histogram(
      "overhead_seconds",
      "The gateway's own share of the time to the first content: without upstreams, pauses and queue.",
      SECONDS.overhead,
    ),
    firstToken: histogram(
      "time_to_first_token_seconds",
      "Streams: from the request's arrival to the first content.",
      SECONDS.firstToken,
    ),
    interToken: histogram(
      "inter_token_seconds",
      "Streams: mean time between output tokens, one observation a call.",
      SECONDS.interToken,
    ),
  };
}

export type RecordFamilies = ReturnType<typeof recordFamilies>;
