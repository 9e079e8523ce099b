import { Gauge, Registry, type RegistryContentType } from "prom-client";
import type { RecordSink } from "../canonical/record.ts";
import { type BudgetView, registerBudgets } from "./budget-metrics.ts";
import { boundedLabel } from "./label-values.ts";
import { recordFamilies } from "./metric-families.ts";
import { registerProcessMetrics } from "./process-metrics.ts";
import { countRecords } from "./record-metrics.ts";

/** What is known of one (provider, key, model); the router's health has this form. */
export interface ChannelView {
  provider: string;
  key: string;
  model: string;
  breaker: { state(nowMs: number): "closed" | "half-open" | "open" };
}

export interface HealthView {
  channels(): Iterable<ChannelView>;
  rests: { of(provider: string, key: string, model: string, nowMs: number): { reason: string } | undefined };
}

export interface MetricsOptions {
  version: string;
  /** Epoch milliseconds. */
  now(): number;
  health: HealthView;
  /** Calls whose reply has not ended; the family is left out when absent. */
  inFlight?: () => number;
  /** Ledger rows that wait to be written; the family is left out when absent. */
  ledgerQueueLength?: () => number;
  /** Budgets in force; their families are left out when absent. */
  budgets?: () => readonly BudgetView[];
  /** By secrets manager, how many secrets kept an earlier value because they could not be read; left out when absent. */
  staleSecrets?: () => readonly { manager: string; count: number }[];
}

export interface Metrics {
  sink: RecordSink;
  /** Counts a cached answer that was compared with a fresh one; `drift`, `stopped`: serving ended for it. */
  cacheVerified(result: "right" | "wrong" | "drift" | "stopped"): void;
  /** Prometheus text, or OpenMetrics. */
  render(openMetrics: boolean): Promise<{ contentType: string; body: string }>;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { version, now, health, inFlight, ledgerQueueLength, budgets, staleSecrets } = options;
  const registry = new Registry();
  const families = recordFamilies(registry);
  const sink = countRecords(families);
  registerHealth(registry, health, now);
  if (inFlight) registerGauge(registry, "in_flight_requests", "Calls whose reply has not ended.", inFlight);
  if (budgets) registerBudgets(registry, budgets);
  if (staleSecrets) registerStaleSecrets(registry, staleSecrets);
  if (ledgerQueueLength) {
    registerGauge(registry, "ledger_queue_length", "Ledger rows that wait to be written.", ledgerQueueLength);
  }
  new Gauge({
    name: "evergate_build_info",
    help: "The running version.",
    labelNames: ["version"],
    registers: [registry],
  })
    .labels(version)
    .set(1);
  registerProcessMetrics(registry, now() / 1_000);
  const cacheVerified: Metrics["cacheVerified"] = (result) => {
    families.cacheVerified(result).pending += 1;
  };
  return { sink, cacheVerified, render: createRenderer(registry) };
}

const STATES = { closed: 0, "half-open": 1, open: 2 } as const;

/** Clients may name a provider's models, and each they name is met: those beyond the bound are not shown. */
function registerHealth(registry: Registry, health: HealthView, now: () => number): void {
  new Gauge({
    name: "evergate_target_state",
    help: "Breaker of a target: 0 closed, 1 half-open, 2 open.",
    labelNames: ["provider", "target_model", "key"],
    registers: [registry],
    collect() {
      this.reset();
      const bounded = boundedLabel();
      for (const { provider, model, key, breaker } of health.channels()) {
        if (bounded(model) !== model) continue;
        this.set({ provider, target_model: model, key }, STATES[breaker.state(now())]);
      }
    },
  });
  new Gauge({
    name: "evergate_key_resting",
    help: "1 while a provider key is put aside for at least one model, else 0.",
    labelNames: ["provider", "key"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [id, resting] of restingKeys(health, now())) {
        const [provider, key] = id.split("\n") as [string, string];
        this.set({ provider, key }, resting ? 1 : 0);
      }
    },
  });
}

function registerStaleSecrets(registry: Registry, read: NonNullable<MetricsOptions["staleSecrets"]>): void {
  new Gauge({
    name: "evergate_secrets_stale",
    help: "Secrets of a secrets manager that keep an earlier value because they could not be read.",
    labelNames: ["manager"],
    registers: [registry],
    collect() {
      this.reset();
      for (const { manager, count } of read()) this.set({ manager }, count);
    },
  });
}

/** A model that does not exist rests as a target, whatever the key. */
function restingKeys(health: HealthView, nowMs: number): Map<string, boolean> {
  const keys = new Map<string, boolean>();
  for (const { provider, key, model } of health.channels()) {
    const id = `${provider}\n${key}`;
    const rest = health.rests.of(provider, key, model, nowMs);
    const rests = rest !== undefined && rest.reason !== "model_not_found";
    keys.set(id, rests || keys.get(id) === true);
  }
  return keys;
}

function registerGauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: `evergate_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/**
 * One rendering at a time, because the content type belongs to the registry; and prom-client 15.1.3 takes `_total` off
 * the counters' names for good when it writes OpenMetrics, so the names are put back.
 */
function createRenderer(registry: Registry): Metrics["render"] {
  const named = registry
    .getMetricsAsArray()
    .map((metric) => ({ metric: metric as { name: string }, name: metric.name }));
  let last: Promise<unknown> = Promise.resolve();
  return (openMetrics) => {
    const rendered = last.then(async () => {
      const contentType = openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
      (registry as Registry<RegistryContentType>).setContentType(contentType);
      try {
        return { contentType, body: await registry.metrics() };
      } finally {
        for (const { metric, name } of named) metric.name = name;
      }
    });
    last = rendered.catch(() => {});
    return rendered;
  };
}
