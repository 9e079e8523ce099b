import { expect, test } from "bun:test";
import { standIn } from "../stand-in.ts";

test.each([
  ["DELETE", "/admin/cache", "id"],
  ["GET", "/admin/cache/count", "id"],
  ["GET", "/admin/cache/count?older_than_ms=1h", "older_than_ms"],
  ["DELETE", "/admin/cache?id=abc", "id"],
  ["DELETE", "/admin/cache?older_than_ms=-1", "older_than_ms"],
  ["DELETE", "/admin/cache?older_than_ms=1h", "older_than_ms"],
  ["DELETE", "/admin/cache?txt=a", "txt"],
  ["GET", "/admin/cache/explain", "request_id"],
  ["GET", "/admin/cache?verbose=1", "verbose"],
])("%s %s is refused at %s, and nothing is deleted", async (method, path, param) => {
  const gateway = standIn();
  let purged = false;
  gateway.ports.admin.cache.purge = async () => {
    purged = true;
    return 0;
  };
  const response = await fetch(gateway.url(path), { method, headers: { authorization: "Bearer admin-token" } });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: "invalid_request", param } });
  expect(purged).toBe(false);
  await gateway.stop();
});
