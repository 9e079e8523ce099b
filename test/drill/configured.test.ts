/** The drill on configurations of an operator's own: what is expected follows from what is configured. */
import { expect, test } from "bun:test";
import { check } from "../../src/cli/drill/checks.ts";
import { distinctModels, type Lane, laneOf } from "../../src/cli/drill/lanes.ts";
import { summaryOf, textReport } from "../../src/cli/drill/report.ts";
import { configOf, drilled, named } from "./support.ts";

const providers = {
  openai: { type: "openai", keys: ["sk-real-one", { secret: "sk-real-two", name: "second" }] },
  claude: { type: "anthropic", keys: ["sk-ant-real"], headers: { "x-account": "real-header" } },
  own: { type: "openai-compatible", baseUrl: "http://127.0.0.1:9/v1" },
};
const client = "openai-chat" as const;

async function lane(settings: object, model = "m"): Promise<Lane> {
  const found = await laneOf(await configOf({ providers, ...settings }), model, { client });
  if (!found) throw new Error("no lane");
  return found;
}

async function drill(settings: object, ...ids: string[]) {
  const one = await lane(settings);
  return drilled([{ lane: one, pooled: one }], named(...ids));
}

test("without a fallback an explicit error is right, and said to be no failover", async () => {
  const results = await drill({ models: { m: ["own/m"] } }, "03", "04", "08");
  expect(results.map(({ verdict }) => verdict)).toEqual(Array(6).fill("pass"));
  expect(new Set(results.map(({ note }) => note))).toEqual(new Set(["no fallback configured"]));
  const seen = (id: string, mode: string) => results.find((one) => one.scenario === id && one.mode === mode)!.saw;
  expect(seen("03", "stream")).toBe("complete from own/m");
  expect(seen("04", "whole")).toBe("503 overloaded");
  expect(seen("08", "stream")).toBe("error event upstream_error after 40 words");
});

test("a configuration that forbids continuing gets explicit errors for cut streams", async () => {
  const settings = { models: { m: ["own/m", "claude/claude-sonnet-4-5"] }, resilience: { continuation: "off" } };
  const results = await drill(settings, "08", "14");
  expect(results.filter(({ mode }) => mode === "stream").map(({ saw }) => saw)).toEqual([
    expect.stringContaining("error event"),
    expect.stringContaining("error event"),
  ]);
  expect(summaryOf(results)).toMatchObject({ faults: { passed: 2, total: 2 }, ok: true });
});

test("the configured timeouts are the ones that are tried", async () => {
  const models = { m: ["own/m", "claude/claude-sonnet-4-5"] };
  const timeouts = { firstTokenMs: 4_000, responseMs: 6_000 };
  const results = await drill({ models, resilience: { timeouts } }, "06");
  const [stream, whole] = results;
  expect(stream).toMatchObject({ verdict: "pass", attempts: { primary: 1, others: 1 } });
  expect(stream!.ms).toBeWithin(4_000, 6_001);
  expect(whole!.ms).toBeWithin(6_000, 9_001);
});

test("a pool of keys is put to the test where there is one", async () => {
  const pool = await drill({ models: { m: ["openai/gpt-4o", "own/m"] } }, "key-401");
  expect(pool.map(({ verdict }) => verdict)).toEqual(["pass", "pass"]);
  const single = await drill({ models: { m: ["own/m"] } }, "key-401");
  expect(single).toMatchObject([
    { verdict: "skip", reasons: ["its provider has one key"] },
    { verdict: "skip", reasons: ["its provider has one key"] },
  ]);
  expect(summaryOf(single)).toMatchObject({ further: { passed: 0, total: 0, skipped: ["key-401"] }, ok: true });
});

test("a strategy that spreads calls is drilled by whoever gets a call first", async () => {
  const models = { m: { strategy: "round-robin", targets: ["own/m", "claude/claude-sonnet-4-5"] } };
  const results = await drill({ models }, "04", "08", "hang-ups-blame-nobody");
  expect(results.map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass", "pass", "skip", "skip"]);
});

test("nothing secret is in a lane", async () => {
  const { config } = await lane({ models: { m: ["openai/gpt-4o", "claude/claude-sonnet-4-5"] } });
  expect(JSON.stringify(config)).not.toMatch(/real/);
});

test("models that go the same way are drilled once", async () => {
  const config = await configOf({
    providers,
    models: {
      a: ["openai/gpt-4o", "claude/claude-sonnet-4-5"],
      b: ["openai/gpt-4o-mini", "claude/claude-haiku-4-5"],
      c: ["claude/claude-sonnet-4-5", "openai/gpt-4o"],
      d: { targets: ["openai/gpt-4o", "claude/claude-sonnet-4-5"], timeouts: { firstTokenMs: 3_000 } },
    },
  });
  expect(distinctModels(config)).toEqual([
    { name: "a", others: ["b"] },
    { name: "c", others: [] },
    { name: "d", others: [] },
  ]);
});

test("what does not hold fails, is told in words, and makes the whole drill fail", async () => {
  const one = await lane({ models: { m: ["own/m"] } });
  const [scenario] = named("03");
  const wish = { ...scenario!, expect: () => [check("pigs fly", () => false)] };
  const results = await drilled([{ lane: one, pooled: one }], [wish]);
  expect(results).toMatchObject([
    { verdict: "fail", reasons: ["pigs fly"] },
    { verdict: "fail", reasons: ["pigs fly"] },
  ]);
  expect(summaryOf(results)).toMatchObject({ faults: { passed: 0, total: 1 }, ok: false });
  const text = textReport(results, { configuration: "x", speed: 20, notes: [] });
  expect(text).toMatch(/FAIL\n {4}does not hold: pigs fly\n/);
  expect(text).toEndWith("0/1 faults, 0/0 further (0 of 2 runs passed)");
});
