import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["group_by=mood", "from=yesterday", "limit=5000", "evals=x"])("%s is refused", async (query) => {
  const it = standIn();
  const response = await it.get(`/admin/evals?${query}`, { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(400);
  await it.stop();
});
