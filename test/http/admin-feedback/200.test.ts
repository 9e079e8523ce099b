import { expect, test } from "bun:test";
import type { FeedbackFilter } from "../../../src/store/eval-ports.ts";
import { standIn } from "../stand-in.ts";

test("what users said, with who answered", async () => {
  const it = standIn();
  const asked: [FeedbackFilter, { limit: number; cursor?: string }][] = [];
  const who = { model: "fast", target: "a/m", failover: true, cache: "miss" };
  it.ports.admin.evals.said = async (filter, page) => {
    asked.push([filter, page]);
    const row = { atMs: 0, requestId: "req_1", keyId: null, score: -1, comment: "no", cachedWrong: true, ...who };
    return { data: [row], next: "bmV4dA" };
  };
  const response = await it.get("/admin/feedback?cached_wrong=true&model=fast&max_score=-0.5&limit=1", {
    authorization: "Bearer viewer-token",
  });
  expect(await response.json()).toEqual({
    data: [
      {
        at: "1970-01-01T00:00:00.000Z",
        request_id: "req_1",
        key_id: null,
        score: -1,
        comment: "no",
        cached_wrong: true,
        ...who,
      },
    ],
    next: "bmV4dA",
  });
  expect(asked).toEqual([
    [
      { cachedWrong: true, model: "fast", maxScore: -0.5 },
      { limit: 1, cursor: undefined },
    ],
  ]);
  await it.stop();
});
