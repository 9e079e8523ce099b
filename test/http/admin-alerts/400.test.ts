import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each(["state=open", "limit=0", "rul=x"])("%s is refused", async (query) => {
  const it = standIn();
  const response = await it.get(`/admin/alerts?${query}`, { authorization: "Bearer viewer-token" });
  expect(response.status).toBe(400);
  await it.stop();
});
