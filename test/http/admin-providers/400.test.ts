import { expect, test } from "bun:test";
import { routingStandIn, UP } from "../admin-routing.ts";

const NEW = { ...UP, name: "new" };

test.each([
  ["POST", "/admin/providers", { ...NEW, baseUrl: "http://127.0.0.1:1" }, "baseUrl"],
  ["POST", "/admin/providers", { ...NEW, baseUrl: "http://2130706433" }, "baseUrl"],
  ["POST", "/admin/providers", { ...NEW, baseUrl: "http://[::ffff:10.0.0.1]" }, "baseUrl"],
  ["POST", "/admin/providers", { ...NEW, keys: [{ env: "HOME" }] }, "keys[0]"],
  ["POST", "/admin/providers", { ...NEW, keys: [{ secret: { file: "/etc/passwd" } }] }, "keys[0].secret"],
  ["POST", "/admin/providers", { ...NEW, spawn: "sh" }, "spawn"],
  ["POST", "/admin/providers", { type: "openai" }, "name"],
  ["POST", "/admin/providers", "[]", null],
  ["POST", "/admin/providers", '{"name":"a","name":"b"}', "name"],
  ["POST", "/admin/providers?x=1", UP, "x"],
  ["PATCH", "/admin/providers/up", { baseUrl: "https://10.0.0.1", keys: UP.keys }, "baseUrl"],
  ["PATCH", "/admin/providers/up", { baseUrl: "https://other.example" }, "baseUrl"],
  ["PATCH", "/admin/providers/up", { type: "opnai", keys: UP.keys }, "type"],
  ["PATCH", "/admin/providers/up", { name: "down" }, "name"],
  ["GET", "/admin/providers?origin=cloud", undefined, "origin"],
  ["GET", "/admin/providers?state=gone", undefined, "state"],
  ["GET", "/admin/providers?provider=x", undefined, "provider"],
  ["GET", "/admin/providers?cursor=forged", undefined, "cursor"],
] as const)("%s %s %j names %s", async (method, path, body, param) => {
  await using admin = await routingStandIn();
  await admin.send("POST", "/admin/providers", UP);
  const { status, json } = await admin.send(method, path, body);
  expect(status).toBe(400);
  expect(json.error).toMatchObject({ code: "invalid_request", param, source: "client" });
});
