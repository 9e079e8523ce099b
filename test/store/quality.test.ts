import { describe, expect, test } from "bun:test";
import type { AlertRow } from "../../src/store/alert-ports.ts";
import type { EvalScoreRow } from "../../src/store/eval-ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { NOON_MS, requestRow, temporaryDirectory } from "./support.ts";

const HOUR_MS = 3_600_000;

const score = (over: Partial<EvalScoreRow>): EvalScoreRow => ({
  atMs: NOON_MS,
  eval: "json",
  requestId: "req_1",
  model: "fast",
  provider: "openai",
  target: "openai/gpt-4o-mini",
  failover: false,
  score: 1,
  reason: null,
  costNanoUsd: null,
  ...over,
});

describe("scores", () => {
  test("are summed up by who answered and whether it was a fallback", async () => {
    using directory = temporaryDirectory();
    const store = await openStore(directory);
    const backup = { provider: "claude", target: "claude/sonnet", failover: true };
    await store.evals.append([
      score({}),
      score({ score: 0 }),
      score({ ...backup, score: 0.5 }),
      score({ ...backup, score: 0.25 }),
      score({ eval: "tone", atMs: NOON_MS + HOUR_MS, score: 0.75 }),
    ]);
    const groupBy = ["provider", "failover"] as const;
    expect(await store.evals.summary({ groupBy, eval: "json" })).toEqual([
      {
        ...EMPTY,
        eval: "json",
        groups: { provider: "claude", failover: true },
        count: 2,
        sum: 0.75,
        sumOfSquares: 0.3125,
      },
      {
        ...EMPTY,
        eval: "json",
        groups: { provider: "openai", failover: false },
        count: 2,
        sum: 1,
        sumOfSquares: 1,
        extremes: 2,
      },
    ]);
    const later = await store.evals.summary({ groupBy: ["hour"], fromMs: NOON_MS + 1 });
    expect(later).toMatchObject([{ eval: "tone", groups: { hour: "2026-01-12T13:00:00.000Z" }, count: 1 }]);
    const low = await store.evals.list({ eval: "json", maxScore: 0.5 }, { limit: 2 });
    expect(low.data.map((row) => row.score)).toEqual([0.25, 0.5]);
    const rest = await store.evals.list({ eval: "json", maxScore: 0.5 }, { limit: 2, cursor: low.next! });
    expect([rest.data, rest.next]).toEqual([[score({ score: 0 })], null]);
    const picked = { requestId: "req_1", model: "fast", target: backup.target, failover: true };
    expect((await store.evals.list(picked, { limit: 9 })).data).toHaveLength(2);
    expect(await store.evals.deleteBefore(NOON_MS + 1, 3)).toBe(3);
    expect(await store.evals.deleteBefore(NOON_MS + 1, 3)).toBe(1);
    await store.close();
  });
});

const EMPTY = { count: 0, sum: 0, sumOfSquares: 0, extremes: 0, negative: 0 };

describe("feedback", () => {
  test("joins the request it is about; the last word counts", async () => {
    using directory = temporaryDirectory();
    const store = await openStore(directory);
    const served = requestRow(1);
    const rescued = requestRow(2, { provider: "claude", target: "claude/sonnet", failover: true });
    const passedOver = requestRow(3, {
      provider: "claude",
      target: "claude/sonnet",
      explanation: [
        {
          strategy: "fallback",
          seed: 1,
          candidates: [
            { target: "openai/gpt-4o-mini", key: "key-1", skipped: "breaker open" },
            { target: "claude/sonnet" },
          ],
          chosen: { target: "claude/sonnet", key: "key-1", kind: "first", waitMs: 0 },
        },
      ],
    });
    await store.requests.append([served, rescued, passedOver]);
    const said = { keyId: "key_1", comment: null, cachedWrong: false, atMs: NOON_MS };
    await store.feedback.put({ ...said, requestId: served.id, score: -1 });
    await store.feedback.put({ ...said, requestId: served.id, score: 1 });
    await store.feedback.put({ ...said, requestId: rescued.id, score: -1 });
    await store.feedback.put({ ...said, requestId: passedOver.id, score: -1 });
    await store.feedback.put({ ...said, requestId: "req_gone", score: -0.5 });
    expect(await store.feedback.summary({ groupBy: ["failover", "target"] })).toEqual([
      { ...EMPTY, groups: { failover: null, target: null }, count: 1, sum: -0.5, sumOfSquares: 0.25, negative: 1 },
      {
        ...EMPTY,
        groups: { failover: false, target: "openai/gpt-4o-mini" },
        count: 1,
        sum: 1,
        sumOfSquares: 1,
        extremes: 1,
      },
      {
        ...EMPTY,
        groups: { failover: true, target: "claude/sonnet" },
        count: 2,
        sum: -2,
        sumOfSquares: 2,
        extremes: 2,
        negative: 2,
      },
    ]);
    expect(await store.feedback.summary({ groupBy: [], fromMs: NOON_MS + 1 })).toEqual([]);
    const minutes = await store.feedback.summary({ groupBy: ["minute"] });
    expect(minutes).toMatchObject([{ groups: { minute: new Date(NOON_MS).toISOString() }, count: 4 }]);
    const first = await store.feedback.list({}, { limit: 2 });
    expect(first.data).toEqual([
      { ...said, requestId: "req_gone", score: -0.5, model: null, target: null, failover: null, cache: null },
      { ...said, requestId: passedOver.id, score: -1, ...whoAnswered(passedOver), failover: true },
    ]);
    const second = await store.feedback.list({}, { limit: 2, cursor: first.next! });
    expect(second.data.map(({ requestId, score, failover }) => [requestId, score, failover])).toEqual([
      [rescued.id, -1, true],
      [served.id, 1, false],
    ]);
    expect(second.next).toBeNull();
    await store.feedback.put({ ...said, requestId: served.id, score: -1, cachedWrong: true });
    const wrong = await store.feedback.list({ cachedWrong: true, model: served.model!, maxScore: 0 }, { limit: 9 });
    expect(wrong.data.map(({ requestId }) => requestId)).toEqual([served.id]);
    expect((await store.feedback.list({ model: "another" }, { limit: 9 })).data).toEqual([]);
    await store.close();
  });
});

function whoAnswered({ model, target, cache }: ReturnType<typeof requestRow>) {
  return { model, target, cache };
}

describe("alerts", () => {
  const episode = (id: string, over: Partial<AlertRow> = {}): AlertRow => ({
    id,
    rule: "failovers",
    when: "failover_rate > 5% for 5m",
    metric: "failover_rate",
    threshold: 0.05,
    value: 0.2,
    worst: 0.2,
    details: ["a/m"],
    pendingSinceMs: NOON_MS - 1,
    firedAtMs: NOON_MS,
    resolvedAtMs: null,
    resolution: null,
    notices: [],
    ...over,
  });

  test("open episodes are found after a restart, the history newest first and by page", async () => {
    using directory = temporaryDirectory();
    const before = await openStore(directory);
    await before.alerts.put(episode("a"), true);
    await before.alerts.put(episode("b", { rule: "errors" }), true);
    await before.alerts.put(episode("a", { resolvedAtMs: NOON_MS + 5, resolution: "recovered" }), false);
    await before.close();
    const store = await openStore(directory);
    expect(await store.alerts.open()).toEqual([episode("b", { rule: "errors" })]);
    const first = await store.alerts.list({}, { limit: 1 });
    expect(first.data.map(({ id }) => id)).toEqual(["b"]);
    const second = await store.alerts.list({}, { limit: 1, cursor: first.next! });
    expect([second.data[0]!.id, second.data[0]!.resolution, second.next]).toEqual(["a", "recovered", null]);
    expect((await store.alerts.list({ state: "firing" }, { limit: 9 })).data.map(({ id }) => id)).toEqual(["b"]);
    expect((await store.alerts.list({ state: "resolved" }, { limit: 9 })).data.map(({ id }) => id)).toEqual(["a"]);
    expect((await store.alerts.list({ rule: "errors" }, { limit: 9 })).data.map(({ id }) => id)).toEqual(["b"]);
    // What is open is never deleted.
    expect(await store.alerts.deleteBefore(NOON_MS + 1, 10)).toBe(1);
    expect((await store.alerts.list({}, { limit: 9 })).data.map(({ id }) => id)).toEqual(["b"]);
    await store.close();
  });
});
