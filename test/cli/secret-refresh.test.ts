import { describe, expect, test } from "bun:test";
import type { AttemptRecord } from "../../src/canonical/record.ts";
import { createSecretRefresh, REFUSED_PAUSE_MS } from "../../src/cli/secret-refresh.ts";
import { resolveValue } from "../../src/config/load.ts";
import { createManagers } from "../../src/config/managers/managers.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { vaultDouble } from "../support/secrets/vault-double.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { closedRecord } from "../telemetry/support.ts";

const INTERVAL_MS = 300_000;

/** The refresh with everything it works on, but for the gateway that new values would be put into. */
async function refreshed() {
  const clock = simulatedClock();
  const double = vaultDouble(clock.now);
  double.issue("hvs.root");
  double.put("secret/data/openai", { key: "sk-1" });
  const environment = { VAULT_ADDR: "https://vault.test", VAULT_TOKEN: "hvs.root", CLAUDE: "sk-ant-1" };
  const { log, messages, text } = collectingLog();
  const managers = createManagers({ environment, clock, log, fetch: double.fetch });
  const value = {
    providers: {
      openai: { type: "openai", keys: [{ vault: "secret/openai#key" }] },
      claude: { type: "anthropic", keys: [{ env: "CLAUDE" }] },
    },
    models: { m: ["openai/gpt-4o", "claude/x"] },
  };
  const load = (secrets = managers.fetch) =>
    resolveValue(value, { file: null, directory: "/", environment, secrets, fetch: double.fetch });
  let inForce = await load();
  const applied: string[] = [];
  let forgiven = 0;
  let failing = false;
  const refresh = createSecretRefresh({
    managers,
    clock,
    log,
    inForce: () => inForce,
    async apply() {
      if (failing) throw new Error("the disk is full");
      inForce = await load(managers.kept);
      applied.push(inForce.secretAt("providers.openai.keys[0]")!);
      return true;
    },
    forgive: () => {
      forgiven += 1;
    },
  });
  refresh.restart();
  const reads = () => double.asked.filter((line) => line.includes("/data/")).length;
  const first = reads();
  const refusedAt = (provider: string, startedAtMs = clock.now(), more: Partial<AttemptRecord> = {}) => {
    const record = closedRecord({ startedAtMs });
    const [attempt] = record.attempts;
    record.attempts = [{ ...attempt!, provider, startMs: 0, outcome: "failed", class: "auth", ...more }];
    refresh.sink(record);
    return clock.advance(0);
  };
  return {
    ...{ clock, double, refresh, managers, messages, text, applied, refusedAt },
    reads: () => reads() - first,
    forgiven: () => forgiven,
    fail: (now: boolean) => {
      failing = now;
    },
  };
}

describe("the interval", () => {
  test("reads again and again, and changes something only where a value is another", async () => {
    const { clock, double, reads, applied, messages, text } = await refreshed();
    await clock.advance(INTERVAL_MS - 1);
    expect(reads()).toBe(0);
    await clock.advance(2 * INTERVAL_MS);
    expect([reads(), applied]).toEqual([2, []]);
    double.put("secret/data/openai", { key: "sk-2", other: "x" });
    await clock.advance(INTERVAL_MS);
    expect([reads(), applied]).toEqual([3, ["sk-2"]]);
    expect(messages("info")).toEqual(["secrets have changed"]);
    expect(text()).toContain("providers.openai.keys[0]");
    expect(text()).not.toContain("sk-");
    await clock.advance(INTERVAL_MS);
    expect(applied).toEqual(["sk-2"]);
  });

  test("a value that could not be put in force is tried again at the next reading", async () => {
    const { clock, double, applied, messages, fail } = await refreshed();
    double.put("secret/data/openai", { key: "sk-2" });
    fail(true);
    await clock.advance(INTERVAL_MS);
    expect(messages("error")).toEqual(["secrets were read again, but not put in force"]);
    fail(false);
    await clock.advance(INTERVAL_MS);
    expect(applied).toEqual(["sk-2"]);
  });

  test("a manager that is away changes nothing", async () => {
    const { clock, double, applied, messages } = await refreshed();
    double.down = true;
    await clock.advance(INTERVAL_MS);
    expect([applied, messages("warn")]).toEqual([[], ["secrets could not be read; their last values stay in force"]]);
  });

  test("stops, and leaves no timer behind", async () => {
    const { clock, refresh, managers, refusedAt } = await refreshed();
    await refusedAt("openai");
    await refusedAt("openai");
    refresh.stop();
    managers.close();
    expect(clock.pending()).toBe(0);
    await refusedAt("openai");
    refresh.restart();
    expect(clock.pending()).toBe(0);
  });
});

describe("a refused key", () => {
  test("has its secrets read at once", async () => {
    const { double, applied, refusedAt, reads } = await refreshed();
    double.put("secret/data/openai", { key: "sk-2" });
    await refusedAt("openai");
    expect([reads(), applied]).toEqual([1, ["sk-2"]]);
  });

  test("a hundred of them at the same time are one reading, and another one when the pause is over", async () => {
    const { clock, refusedAt, reads } = await refreshed();
    await Promise.all(Array.from({ length: 100 }, () => refusedAt("openai")));
    expect(reads()).toBe(1);
    await clock.advance(REFUSED_PAUSE_MS - 1);
    expect(reads()).toBe(1);
    await clock.advance(1);
    expect(reads()).toBe(2);
    await clock.advance(REFUSED_PAUSE_MS);
    expect(reads()).toBe(2);
  });

  test.each<[string, string, Partial<AttemptRecord>]>([
    ["of a provider whose keys are not in a manager", "claude", {}],
    ["for another reason", "openai", { class: "rate_limited" }],
  ])("%s asks for nothing", async (_name, provider, more) => {
    const { refusedAt, reads, clock } = await refreshed();
    await refusedAt(provider, clock.now(), more);
    expect(reads()).toBe(0);
  });

  test("refused late, for a call that was sent with the old key, is held against neither", async () => {
    const { clock, double, refusedAt, reads, forgiven } = await refreshed();
    const sentAtMs = clock.now();
    await clock.advance(INTERVAL_MS / 2);
    double.put("secret/data/openai", { key: "sk-2" });
    await refusedAt("openai");
    await clock.advance(20_000);
    const before = reads();
    await refusedAt("openai", sentAtMs);
    expect([reads() - before, forgiven()]).toEqual([0, 1]);
    await refusedAt("openai");
    expect([reads() - before, forgiven()]).toEqual([1, 1]);
  });
});
