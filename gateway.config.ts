/**
 * An example that runs as it is: `bun run start`. It leaves `providers` and `models` out, so providers appear from the
 * variables every SDK reads (OPENAI_API_KEY, ANTHROPIC_API_KEY …) and a bare model name finds the one that serves it.
 * Without any key simulated providers answer. Every setting is described in src/config/settings*.ts.
 */
import { defineConfig } from "evergate";

export default defineConfig({
  server: {
    host: "127.0.0.1",
    port: 4_000,
    // Time that running calls get to finish on SIGTERM.
    drainMs: 30_000,
  },
  store: { path: "./evergate-data" },

  // Upstream accounts by name, each with a pool of keys (import `env` from "evergate" as well):
  // providers: {
  //   openai: { type: "openai", keys: [env("OPENAI_KEY_A"), { secret: env("OPENAI_KEY_B"), weight: 2 }] },
  //   claude: { type: "anthropic", keys: [env("ANTHROPIC_API_KEY")] },
  //   local: { type: "openai-compatible", baseUrl: "http://127.0.0.1:11434/v1" },
  // },

  // Public model names and what they stand for. With this block these names and "provider/model" exist, nothing else:
  // models: {
  //   "gpt-4o": ["openai/gpt-4o", "claude/claude-sonnet-4-5"], // tried in this order
  //   fast: { strategy: "weighted", targets: [{ target: "openai/gpt-4o-mini", weight: 3 }, "local/llama3.2"], fallbacks: ["gpt-4o"] },
  // },

  // What happens when an upstream fails; these are the defaults.
  resilience: {
    timeouts: { connectMs: 5_000, idleMs: 20_000, totalMs: 600_000 },
    retries: { perTarget: 2, waitForRetryAfterMs: 3_000, maxAttempts: 12 },
    breaker: { consecutiveFailures: 5, openMs: 5_000 },
  },

  // Virtual keys for clients; as soon as there is one, every call needs one:
  // access: { keys: { app: { secret: env("APP_KEY"), models: ["fast"] } } },

  telemetry: { log: { keepDays: 30 } },
});
