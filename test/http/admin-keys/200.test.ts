import { describe, expect, test } from "bun:test";
import { type AdminStandIn, adminStandIn } from "../admin-access.ts";

const make = async ({ send }: AdminStandIn, body: object) => (await send("POST", "/admin/keys", body)).json;

describe("the list of keys", () => {
  test("shows both sources without secrets, and pages by name", async () => {
    await using admin = await adminStandIn();
    for (const name of ["b", "d", "a"]) await make(admin, { name });
    const pages: string[][] = [];
    let cursor = "";
    do {
      const { json } = await admin.send("GET", `/admin/keys?limit=2${cursor}`);
      pages.push(json.data.map((key: { name: string }) => key.name));
      for (const key of json.data)
        for (const field of ["key", "secret", "hash"]) expect(Object.keys(key)).not.toContain(field);
      cursor = json.next === null ? "" : `&cursor=${json.next}`;
      // What comes and goes between two pages moves nothing.
      await admin.send("DELETE", "/admin/keys/a");
    } while (cursor !== "");
    expect(pages).toEqual([
      ["a", "b"],
      ["ci", "d"],
    ]);
  });

  test.each([
    ["team=search", ["ci", "mine"]],
    ["customer=acme", ["paid"]],
    ["origin=file", ["ci"]],
    ["origin=api", ["mine", "off", "paid"]],
    ["disabled=true", ["off"]],
    ["disabled=false&origin=api", ["mine", "paid"]],
    ["text=MIN", ["mine"]],
    ["team=nobody", []],
  ])("by %s", async (query, names) => {
    await using admin = await adminStandIn();
    await make(admin, { name: "mine", team: "search" });
    await make(admin, { name: "paid", customer: "acme" });
    await make(admin, { name: "off", disabled: true });
    const { status, json } = await admin.send("GET", `/admin/keys?${query}`);
    expect(status).toBe(200);
    expect(json.data.map((key: { name: string }) => key.name)).toEqual(names);
  });
});

test("one key is found by id and by name, with its ETag", async () => {
  await using admin = await adminStandIn();
  const { id } = await make(admin, { name: "a/b-c", models: ["fast"] });
  const byId = await admin.send("GET", `/admin/keys/${id}`);
  const byName = await admin.send("GET", `/admin/keys/${encodeURIComponent("a/b-c")}`);
  expect(byId.status).toBe(200);
  expect(byId.json).toEqual(byName.json);
  expect(byId.json).toMatchObject({
    id,
    name: "a/b-c",
    models: ["fast"],
    budgets: null,
    disabled: false,
    origin: "api",
  });
  expect(byId.headers.get("etag")).toMatch(/^"[0-9a-f]{32}"$/);
  expect(byId.headers.get("cache-control")).toBe("no-store");
});

test("the beginning of a secret of the operator's own is not shown", async () => {
  await using admin = await adminStandIn();
  const { json } = await admin.send("GET", "/admin/keys/ci");
  expect(json).toMatchObject({ id: "file:ci", name: "ci", prefix: null, team: "search", origin: "file" });
});

test("a change answers with the new state; the version that was read may be named", async () => {
  await using admin = await adminStandIn();
  await make(admin, { name: "k", models: ["fast"], tags: { a: "1" } });
  const { headers } = await admin.send("GET", "/admin/keys/k");
  const changed = await admin.send(
    "PATCH",
    "/admin/keys/k",
    { disabled: true, models: null },
    { headers: { "if-match": headers.get("etag")! } },
  );
  expect(changed.status).toBe(200);
  expect(changed.json).toMatchObject({ disabled: true, models: null, tags: { a: "1" } });
  expect(changed.headers.get("etag")).not.toBe(headers.get("etag"));
  expect(
    (await admin.send("PATCH", "/admin/keys/k", { disabled: false }, { headers: { "if-match": "*" } })).status,
  ).toBe(200);
});

test.each([
  ["without a body", undefined],
  ["with an empty one", {}],
  ["with a grace period", { graceMs: 60_000 }],
])("a rotation %s shows the new secret once", async (_, body) => {
  await using admin = await adminStandIn();
  const made = await make(admin, { name: "k" });
  const { status, json } = await admin.send("POST", "/admin/keys/k/rotate", body);
  expect(status).toBe(200);
  expect(json.key).toMatch(/^eg_[A-Za-z0-9]{40}$/);
  expect(json).toMatchObject({ id: made.id, prefix: json.key.slice(0, 6) });
  expect(json.previous_valid_until === null).toBe(body === undefined || !("graceMs" in body));
  expect((await admin.send("GET", "/admin/keys/k")).json.key).toBeUndefined();
});

test("a revoked key is gone", async () => {
  await using admin = await adminStandIn();
  const { id } = await make(admin, { name: "k" });
  expect(await admin.send("DELETE", "/admin/keys/k")).toMatchObject({ status: 200, json: { id, deleted: true } });
  expect((await admin.send("GET", `/admin/keys/${id}`)).status).toBe(404);
});
