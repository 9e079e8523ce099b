import { describe, expect, test } from "bun:test";
import type { QualityQuery } from "../../../src/store/eval-ports.ts";
import { standIn } from "../stand-in.ts";

const VIEWER = { authorization: "Bearer viewer-token" };

function gateway() {
  const it = standIn();
  const asked: QualityQuery[] = [];
  const share = { count: 10, sum: 9, sumOfSquares: 9, extremes: 10, negative: 0 };
  it.ports.admin.evals = {
    scores: async (query) => {
      asked.push(query);
      return [
        { eval: "json", groups: { target: "a/m", failover: false }, ...share },
        {
          eval: "tone",
          groups: { target: "b/m", failover: true },
          count: 3,
          sum: 1.2,
          sumOfSquares: 0.56,
          extremes: 0,
          negative: 0,
        },
      ];
    },
    list: async () => ({ data: [], next: null }),
    feedback: async () => [
      { groups: { target: null, failover: null }, count: 4, sum: -2, sumOfSquares: 4, extremes: 4, negative: 3 },
    ],
    said: async () => ({ data: [], next: null }),
    counts: () => ({ scored: 13, failed: 1, dropped: 2 }),
  };
  return { ...it, asked };
}

describe("GET /admin/evals", () => {
  test("shares by Wilson, means by Student, feedback beside them", async () => {
    const it = gateway();
    const response = await it.get("/admin/evals", VIEWER);
    expect(await response.json()).toEqual({
      data: [
        {
          eval: "json",
          target: "a/m",
          failover: false,
          count: 10,
          mean: 0.9,
          ci_low: 0.5958,
          ci_high: 0.9821,
          ci_method: "wilson",
        },
        {
          eval: "tone",
          target: "b/m",
          failover: true,
          count: 3,
          mean: 0.4,
          ci_low: 0,
          ci_high: 0.8968,
          ci_method: "t",
        },
        {
          eval: "user feedback",
          target: null,
          failover: null,
          count: 4,
          mean: -0.5,
          ci_low: -1,
          ci_high: 1,
          ci_method: "t",
          negative: 3,
          negative_share: { mean: 0.75, low: 0.3006, high: 0.9544 },
        },
      ],
      next: null,
      since_start: { scored: 13, failed: 1, dropped: 2 },
    });
    await it.stop();
  });

  test("groups, times, names and pages are handed on", async () => {
    const it = gateway();
    const query =
      "group_by=hour,failover&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&eval=json&model=fast&limit=1";
    const first = (await (await it.get(`/admin/evals?${query}`, VIEWER)).json()) as { data: object[]; next: string };
    expect(it.asked).toEqual([
      {
        groupBy: ["hour", "failover"],
        fromMs: Date.UTC(2026, 0, 1),
        toMs: Date.UTC(2026, 0, 2),
        eval: "json",
        model: "fast",
      },
    ]);
    expect(first.data).toMatchObject([{ eval: "json" }]);
    const second = await it.get(`/admin/evals?${query}&cursor=${first.next}`, VIEWER);
    expect(await second.json()).toMatchObject({ data: [{ eval: "tone" }], next: null });
    await it.stop();
  });
});
