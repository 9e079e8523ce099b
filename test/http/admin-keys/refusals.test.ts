import { describe, expect, test } from "bun:test";
import { adminStandIn } from "../admin-access.ts";

describe("400", () => {
  test.each([
    ["POST", "/admin/keys", { name: "k", modles: [] }, "modles"],
    ["POST", "/admin/keys", { name: "k", budgets: [{ limitUsd: -1, per: "day" }] }, "budgets[0].limitUsd"],
    ["POST", "/admin/keys", { name: "a\u009b31m" }, "name"],
    ["POST", "/admin/keys", { name: "\u202elive" }, "name"],
    ["POST", "/admin/keys", "[]", null],
    ["POST", "/admin/keys?x=1", { name: "k" }, "x"],
    ["PATCH", "/admin/keys/k", { team: "serach" }, "team"],
    ["POST", "/admin/keys/k/rotate", { graceMs: -1 }, "graceMs"],
    ["POST", "/admin/keys/k/rotate", { graceMs: 1.5 }, "graceMs"],
    ["POST", "/admin/keys/k/rotate", { graceMs: 7_776_000_001 }, "graceMs"],
    ["POST", "/admin/keys/k/rotate", { grace: 1 }, "grace"],
    ["GET", "/admin/keys?origin=cloud", undefined, "origin"],
    ["GET", "/admin/keys?limit=0", undefined, "limit"],
    ["GET", "/admin/keys?cursor=forged", undefined, "cursor"],
    ["GET", "/admin/teams?team=x", undefined, "team"],
  ] as const)("%s %s %j names %s", async (method, path, body, param) => {
    await using admin = await adminStandIn();
    await admin.send("POST", "/admin/keys", { name: "k" });
    const { status, json } = await admin.send(method, path, body);
    expect(status).toBe(400);
    expect(json.error).toMatchObject({ code: "invalid_request", param, source: "client" });
  });

  test("an If-Match that is no list of tags", async () => {
    await using admin = await adminStandIn();
    await admin.send("POST", "/admin/keys", { name: "k" });
    const { status, json } = await admin.send("DELETE", "/admin/keys/k", undefined, { headers: { "if-match": "abc" } });
    expect([status, json.error.param]).toEqual([400, "if-match"]);
  });
});

describe("403", () => {
  test.each([
    ["POST", "/admin/keys", { name: "x" }],
    ["PATCH", "/admin/keys/k", { disabled: true }],
    ["DELETE", "/admin/keys/k", undefined],
    ["POST", "/admin/keys/k/rotate", {}],
    ["POST", "/admin/teams", { name: "x" }],
    ["POST", "/admin/budgets/b/reset", {}],
  ] as const)("who may only look cannot %s %s", async (method, path, body) => {
    await using admin = await adminStandIn();
    await admin.send("POST", "/admin/keys", { name: "k", team: "search" });
    for (const token of ["viewer-token", "team-token"]) {
      const { status, json } = await admin.send(method, path, body, { token });
      expect([status, json.error.code]).toEqual([403, "permission_denied"]);
    }
    expect((await admin.send("GET", "/admin/keys/k")).json).toMatchObject({ disabled: false });
  });
});

describe("404", () => {
  test.each([
    ["GET", "/admin/keys/nope", undefined],
    ["PATCH", "/admin/keys/nope", {}],
    ["DELETE", "/admin/keys/nope", undefined],
    ["POST", "/admin/keys/nope/rotate", {}],
    ["GET", "/admin/teams/nope", undefined],
    ["DELETE", "/admin/customers/nope", undefined],
  ] as const)("%s %s", async (method, path, body) => {
    await using admin = await adminStandIn();
    const { status, json } = await admin.send(method, path, body);
    expect([status, json.error.code, json.error.param]).toEqual([404, "not_found", "id"]);
  });

  test("the role team sees its own team's keys, and of others not even that they exist", async () => {
    await using admin = await adminStandIn();
    await admin.send("POST", "/admin/keys", { name: "mine", team: "search" });
    await admin.send("POST", "/admin/keys", { name: "theirs" });
    const team = { token: "team-token" };
    const { json } = await admin.send("GET", "/admin/keys", undefined, team);
    expect(json.data.map(({ name }: { name: string }) => name)).toEqual(["ci", "mine"]);
    expect((await admin.send("GET", "/admin/keys/mine", undefined, team)).status).toBe(200);
    expect((await admin.send("GET", "/admin/keys/theirs", undefined, team)).status).toBe(404);
    for (const path of ["/admin/teams", "/admin/customers", "/admin/audit", "/admin/config"])
      expect((await admin.send("GET", path, undefined, team)).status).toBe(403);
  });
});

describe("409", () => {
  test.each([
    ["POST", "/admin/keys", { name: "taken" }, "is taken"],
    ["POST", "/admin/keys", { name: "ci" }, "configuration file"],
    ["PATCH", "/admin/keys/ci", { disabled: true }, "configuration file"],
    ["DELETE", "/admin/keys/file:ci", undefined, "configuration file"],
    ["POST", "/admin/keys/ci/rotate", {}, "configuration file"],
    ["PATCH", "/admin/teams/search", { disabled: true }, "configuration file"],
    ["DELETE", "/admin/teams/ops", undefined, 'still named by key "taken"'],
  ] as const)("%s %s %j: %s", async (method, path, body, said) => {
    await using admin = await adminStandIn();
    await admin.send("POST", "/admin/teams", { name: "ops" });
    await admin.send("POST", "/admin/keys", { name: "taken", team: "ops" });
    const { status, json } = await admin.send(method, path, body);
    expect([status, json.error.code]).toEqual([409, "conflict"]);
    expect(json.error.message).toContain(said);
  });
});

describe("412", () => {
  test.each([
    ["PATCH", "/admin/keys/k", { models: ["fast"] }],
    ["DELETE", "/admin/keys/k", undefined],
    ["POST", "/admin/keys/k/rotate", {}],
  ] as const)("%s %s after somebody else's change", async (method, path, body) => {
    await using admin = await adminStandIn();
    const made = await admin.send("POST", "/admin/keys", { name: "k" });
    const etag = made.headers.get("etag")!;
    const now = (await admin.send("PATCH", "/admin/keys/k", { disabled: true })).headers.get("etag")!;
    // A weak tag never matches, even of the present version (RFC 9110 §13.1.1).
    for (const tag of [etag, `W/${now}`, `"x", ${etag}`]) {
      const { status, json } = await admin.send(method, path, body, { headers: { "if-match": tag } });
      expect([status, json.error.code]).toEqual([412, "precondition_failed"]);
    }
    expect((await admin.send("GET", "/admin/keys/k")).json).toMatchObject({ disabled: true, models: null });
  });
});

test("413 and 415: a body of the admin API is small and JSON", async () => {
  await using admin = await adminStandIn();
  const large = await admin.send("POST", "/admin/keys", { name: "k", models: ["x".repeat(200_000)] });
  expect([large.status, large.json.error.code]).toEqual([413, "request_too_large"]);
  const form = await admin.send("POST", "/admin/keys", "name=k", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect([form.status, form.json.error.code]).toEqual([415, "unsupported_media_type"]);
});
