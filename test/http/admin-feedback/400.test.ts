import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["max_score=-2", "max_score=1.5", "cached_wrong=perhaps", "score=1"])("%s is refused", async (query) => {
  const it = standIn();
  const response = await it.get(`/admin/feedback?${query}`, { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(400);
  await it.stop();
});
