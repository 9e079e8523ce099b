import { expect, test } from "bun:test";
import type { ScoreFilter } from "../../../src/store/eval-ports.ts";
import { standIn } from "../stand-in.ts";

const VIEWER = { authorization: "Bearer viewer-token" };

test("single scores with their reasons", async () => {
  const it = standIn();
  const asked: ScoreFilter[] = [];
  const who = { model: "fast", provider: "a", target: "a/m", failover: true };
  it.ports.admin.evals.list = async (filter) => {
    asked.push(filter);
    const row = { atMs: 0, eval: "kind", requestId: "req_1", ...who, score: 0.25, reason: "curt", costNanoUsd: 1_500 };
    return { data: [row], next: null };
  };
  const response = await it.get("/admin/evals/scores?eval=kind&failover=true&max_score=0.5", VIEWER);
  expect(await response.json()).toEqual({
    data: [
      {
        at: "1970-01-01T00:00:00.000Z",
        eval: "kind",
        request_id: "req_1",
        ...who,
        score: 0.25,
        reason: "curt",
        cost_usd: "0.0000015",
      },
    ],
    next: null,
  });
  expect(asked).toMatchObject([{ eval: "kind", failover: true, maxScore: 0.5 }]);
  await it.stop();
});

test.each(["max_score=2", "failover=perhaps", "score=1"])("%s is refused", async (query) => {
  const it = standIn();
  expect((await it.get(`/admin/evals/scores?${query}`, VIEWER)).status).toBe(400);
  await it.stop();
});
