/** The demo's configuration: several models, strategies, budgets, evals and alerts, so that every page has something. */
import { SWIFT_KEYS, type Upstreams } from "./upstreams.ts";

export interface DemoSettings {
  upstreams: Upstreams;
  /** Where alerts are sent. */
  receiverUrl: string;
  adminToken: string;
  /** How much faster than written the script runs. */
  speed: number;
}

/** A virtual key with next to no budget, so that its refusal can be seen. It opens nothing but this demo. */
export const TIGHT_KEY = "eg_demoTightBudgetDemoTightBudgetDemoTightB";

export const TIGHT_LIMIT_USD = 0.02;

/** Invented, so that there is something to count. */
const PRICES = {
  "swift/chat": { inputPerMillionUsd: 25, outputPerMillionUsd: 100 },
  "swift/chat-large": { inputPerMillionUsd: 50, outputPerMillionUsd: 200 },
  "steady/writer": { inputPerMillionUsd: 30, outputPerMillionUsd: 150 },
  "spare/mini": { inputPerMillionUsd: 4, outputPerMillionUsd: 16 },
  "judge/critic": { inputPerMillionUsd: 4, outputPerMillionUsd: 16 },
};

/** Drained at the start, as for maintenance. */
export const DRAINED_TARGET = "swift/chat-large";

const MODELS = {
  demo: ["swift/chat", "steady/writer", "spare/mini"],
  chat: { strategy: "latency", targets: ["swift/chat", "steady/writer"], cache: false },
  help: {
    strategy: "weighted",
    targets: [
      { target: "swift/chat", weight: 3 },
      { target: "steady/writer", weight: 1 },
    ],
    cache: { semantic: { mode: "verified", maxWrongPercent: 20 } },
  },
  extract: { targets: ["swift/chat", "spare/mini"], cache: false },
  batch: { strategy: "cost", targets: ["spare/mini", "steady/writer", DRAINED_TARGET], cache: false },
  critic: { targets: ["judge/critic"], cache: false },
};

export function demoSettings({ upstreams, receiverUrl, adminToken, speed }: DemoSettings): unknown {
  const { swift, steady, spare, judge } = upstreams;
  const window = (seconds: number) => `${Math.max(1, Math.round(seconds / speed))}s`;
  return {
    server: { adminToken },
    providers: {
      swift: {
        type: "openai-compatible",
        baseUrl: `${swift.url}/v1`,
        keys: Object.entries(SWIFT_KEYS).map(([name, secret]) => ({ name, secret })),
      },
      steady: { type: "anthropic", baseUrl: steady.url },
      spare: { type: "openai-compatible", baseUrl: `${spare.url}/v1` },
      judge: { type: "openai-compatible", baseUrl: `${judge.url}/v1` },
    },
    models: MODELS,
    pricing: PRICES,
    resilience: {
      breaker: { consecutiveFailures: 3, openMs: Math.round(3_000 / speed), maxOpenMs: Math.round(6_000 / speed) },
    },
    cache: { exact: {}, semantic: { mode: "on" } },
    access: {
      require: "none",
      budgets: [{ limitUsd: 50, per: "day" }],
      customers: { acme: { budgets: [{ limitUsd: 200, per: "month" }] } },
      teams: { search: { customer: "acme", budgets: [{ limitUsd: 10, per: "day" }] } },
      keys: { ci: { secret: TIGHT_KEY, team: "search", budgets: [{ limitUsd: TIGHT_LIMIT_USD, per: "day" }] } },
    },
    evals: [
      { name: "json", sample: 1, check: "json-schema" },
      { name: "complete", sample: 1, check: "truncation" },
      {
        name: "helpful",
        sample: 0.3,
        judge: "critic",
        rubric: "1 says everything the expected answer says, 0 nothing.",
      },
    ],
    alerts: {
      webhook: { url: receiverUrl },
      rules: [
        { name: "failing over", when: `failover_rate > 15% for ${window(6)}`, to: ["webhook"] },
        { name: "provider down", when: `target_down > 0 for ${window(4)}`, to: ["webhook"] },
        { name: "budget nearly spent", when: `budget_used > 95% for ${window(6)}`, to: ["webhook"] },
      ],
    },
  };
}
