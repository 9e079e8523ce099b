import { expect, test } from "bun:test";
import { adminStandIn, NOW_MS } from "../admin-access.ts";

test("who changed what, from where, before and after; newest first, by page and filter", async () => {
  await using admin = await adminStandIn();
  const { json: made } = await admin.send("POST", "/admin/keys", { name: "k" });
  await admin.send("PATCH", "/admin/keys/k", { models: ["fast"] });
  await admin.send("POST", "/admin/teams", { name: "ops" });
  const { status, json } = await admin.send("GET", "/admin/audit?limit=2");
  expect(status).toBe(200);
  expect(json.data).toHaveLength(2);
  expect(json.data[1]).toMatchObject({
    at: new Date(NOW_MS).toISOString(),
    actor: "admin token",
    remote_address: "127.0.0.1",
    action: "update",
    resource: "key",
    resource_id: made.id,
    name: "k",
    before: { models: null },
    after: { models: ["fast"] },
  });
  const rest = await admin.send("GET", `/admin/audit?limit=2&cursor=${json.next}`, undefined, {
    token: "viewer-token",
  });
  expect(rest.json.data.map(({ action }: { action: string }) => action)).toEqual(["create"]);
  expect(rest.json.next).toBeNull();
  const keys = await admin.send("GET", `/admin/audit?resource=key&action=create&resource_id=${made.id}`);
  expect(keys.json.data).toHaveLength(1);
  const later = await admin.send("GET", `/admin/audit?from=${new Date(NOW_MS + 1).toISOString()}`);
  expect(later.json.data).toEqual([]);
  expect(JSON.stringify(json) + JSON.stringify(rest.json)).not.toContain(made.key);
});

test.each(["?action=steal", "?from=yesterday", "?cursor=x", "?who=me"])("400 for %s", async (query) => {
  await using admin = await adminStandIn();
  expect((await admin.send("GET", `/admin/audit${query}`)).status).toBe(400);
});
