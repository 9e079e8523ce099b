import { expect, test } from "bun:test";
import { routingStandIn, SECRET, UP } from "../admin-routing.ts";

test("lists both sources by name, in pages, by filter", async () => {
  await using admin = await routingStandIn();
  for (const name of ["zeta", "alpha"]) await admin.send("POST", "/admin/providers", { ...UP, name });
  const first = (await admin.send("GET", "/admin/providers?limit=2")).json;
  expect(first.data.map(({ name }: { name: string }) => name)).toEqual(["alpha", "openai"]);
  const second = (await admin.send("GET", `/admin/providers?limit=2&cursor=${first.next}`)).json;
  expect(second.data.map(({ name }: { name: string }) => name)).toEqual(["zeta"]);
  expect(second.next).toBeNull();
  for (const [filter, names] of [
    ["origin=file", ["openai"]],
    ["origin=api", ["alpha", "zeta"]],
    ["type=openai", ["openai"]],
    ["text=ET", ["zeta"]],
    ["state=faulty", []],
  ] as const) {
    const { json } = await admin.send("GET", `/admin/providers?${filter}`);
    expect(json.data.map(({ name }: { name: string }) => name)).toEqual(names);
  }
});

test("pages pass a name that is there twice once each", async () => {
  await using admin = await routingStandIn();
  const made = (await admin.send("POST", "/admin/providers", UP)).json;
  admin.open.reload({ providers: { up: { type: "groq", keys: ["gsk"] } } });
  const first = (await admin.send("GET", "/admin/providers?limit=1")).json;
  expect(first.data).toMatchObject([{ name: "up", origin: "file" }]);
  const second = (await admin.send("GET", `/admin/providers?limit=1&cursor=${first.next}`)).json;
  expect(second).toMatchObject({ data: [{ id: made.id, state: "shadowed" }], next: null });
});

test("one by id and by name, with an ETag; who may only look sees it too", async () => {
  await using admin = await routingStandIn();
  const { id } = (await admin.send("POST", "/admin/providers", UP)).json;
  const byId = await admin.send("GET", `/admin/providers/${id}`, undefined, { token: "viewer-token" });
  const byName = await admin.send("GET", "/admin/providers/up");
  expect([byId.status, byId.json]).toEqual([200, byName.json]);
  expect(byId.headers.get("etag")).toBe(byName.headers.get("etag"));
});

test("is changed and removed", async () => {
  await using admin = await routingStandIn();
  const { id } = (await admin.send("POST", "/admin/providers", UP)).json;
  const etag = (await admin.send("GET", "/admin/providers/up")).headers.get("etag")!;
  const headers = { "if-match": etag };
  const changed = await admin.send(
    "PATCH",
    "/admin/providers/up",
    { headers: { "x-team": "canary-header" } },
    { headers },
  );
  expect(changed).toMatchObject({ status: 200, json: { id, headers: { "x-team": "…" } } });
  expect(changed.headers.get("etag")).not.toBe(etag);
  expect(await admin.send("DELETE", `/admin/providers/${id}`)).toMatchObject({
    status: 200,
    json: { id, deleted: true },
  });
  expect((await admin.send("GET", `/admin/providers/${id}`)).status).toBe(404);
});

test("canary: no answer, log line or audit row holds a secret", async () => {
  await using admin = await routingStandIn();
  const answers = [
    await admin.send("POST", "/admin/providers", { ...UP, headers: { "x-team": "canary-header-0123456789abcdef" } }),
    await admin.send("POST", "/admin/providers", UP),
    await admin.send("POST", "/admin/providers", { ...UP, name: "p q" }),
    await admin.send("POST", "/admin/providers", { ...UP, name: "r", keys: [{ secrt: SECRET }] }),
    await admin.send("POST", "/admin/providers", { ...UP, name: "r", keys: SECRET }),
    await admin.send("POST", "/admin/providers", { ...UP, name: "r", keys: [`${SECRET}\n`] }),
    await admin.send("PATCH", "/admin/providers/up", { keys: [{ name: "b", secret: SECRET }] }),
    await admin.send("GET", "/admin/providers"),
    await admin.send("GET", "/admin/audit"),
    await admin.send("DELETE", "/admin/providers/up"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 409, 400, 400, 400, 400, 200, 200, 200, 200]);
  const everything = answers.map(({ json }) => JSON.stringify(json)).join() + admin.gateway.log.text();
  for (const secret of [SECRET.slice(0, -4), "canary-header"]) expect(everything).not.toContain(secret);
});
