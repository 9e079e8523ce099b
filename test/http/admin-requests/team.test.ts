import { expect, test } from "bun:test";
import type { RequestFilter } from "../../../src/store/ports.ts";
import { requestRow } from "../../store/support.ts";
import { standIn } from "../stand-in.ts";

test("the role team sees its own team's requests alone", async () => {
  const gateway = standIn();
  const rows = { req_mine: requestRow(1, { team: "search" }), req_theirs: requestRow(2, { team: "ops" }) };
  const asked: RequestFilter[] = [];
  gateway.ports.admin.requests = {
    append: async () => {},
    list: async (filter) => {
      asked.push(filter);
      return { data: [rows.req_mine], next: null };
    },
    get: async (id) => rows[id as keyof typeof rows] ?? null,
  };
  const get = (path: string, token = "team-token") =>
    gateway.get(`/admin/requests${path}`, { authorization: `Bearer ${token}` });
  await get("?status=5xx");
  expect(asked).toEqual([{ status: "5xx", team: "search" }]);
  expect(await (await get("?team=ops")).json()).toEqual({ data: [], next: null });
  expect(asked).toHaveLength(1);
  expect((await get("/req_mine")).status).toBe(200);
  expect((await get("/req_theirs")).status).toBe(404);
  expect((await get("/req_theirs", "viewer-token")).status).toBe(200);
  await gateway.stop();
});
