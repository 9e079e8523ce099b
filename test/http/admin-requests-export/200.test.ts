import { afterEach, beforeEach, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import type { RequestFilter, RequestRow } from "../../../src/store/ports.ts";
import { ROW, ROW_JSON } from "../admin-requests/rows.ts";
import { type StandIn, standIn } from "../stand-in.ts";

let gateway: StandIn;
let asked: { filter: RequestFilter; cursor: string | undefined }[];
let pages: { data: RequestRow[]; next: string | null }[];
beforeEach(() => {
  asked = [];
  // A text search may find nothing in a page and still go on.
  pages = [
    { data: [ROW, { ...ROW, id: "req_2" }], next: "a" },
    { data: [], next: "b" },
    {
      data: [{ ...ROW, id: "req_3", user: '=HYPERLINK("x"),y', model: null, costNanoUsd: null, attempts: [] }],
      next: null,
    },
  ];
  gateway = standIn();
  gateway.ports.admin.requests.list = async (filter, { cursor }) => {
    asked.push({ filter, cursor });
    return pages[asked.length - 1]!;
  };
});
afterEach(() => gateway.stop());

const get = (query: string, token = "viewer-token") =>
  gateway.get(`/admin/requests/export${query}`, { authorization: `Bearer ${token}` });

test("every page as JSON lines, as in the list", async () => {
  const response = await get("?model=fast&status=2xx");
  expect(response.headers.get("content-type")).toBe("application/jsonl");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="evergate-requests.jsonl"');
  const lines = (await response.text()).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    ROW_JSON,
    { ...ROW_JSON, id: "req_2" },
    expect.objectContaining({ id: "req_3", cost_usd: null }),
  ]);
  const filter = { model: "fast", status: "2xx" };
  expect(asked).toEqual([undefined, "a", "b"].map((cursor) => ({ filter, cursor })));
});

test("as CSV: a head, quoted cells, nothing that a spreadsheet would run", async () => {
  const response = await get("?format=csv");
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const lines = (await response.text()).split("\r\n");
  expect(lines[0]).toStartWith("id,started_at,operation,dialect,key_id,key,team,customer,user,");
  expect(lines[1]).toStartWith("req_1,2026-01-12T12:00:00.005Z,chat,openai-chat,k1,ci,search,,ann,");
  expect(lines[3]).toContain(`,"'=HYPERLINK(""x""),y",`);
  expect(lines).toHaveLength(5);
  const cells = lines[0]!.split(",").length;
  expect(lines[1]!.replace(/"(?:[^"]|"")*"/g, "").split(",")).toHaveLength(cells);
});

test("a team's session exports its team alone", async () => {
  await (await get("", "team-token")).text();
  expect(asked[0]?.filter).toEqual({ team: "search" });
  asked = [];
  expect(await (await get("?team=other", "team-token")).text()).toBe("");
  expect(asked).toEqual([]);
});

test.each([
  ["?format=xml", "format"],
  ["?limit=5", "limit"],
  ["?status=6xx", "status"],
])("400 for %s", async (query, param) => {
  const response = await get(query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { param } });
});

test("a filter that the store refuses is an error before the answer begins", async () => {
  gateway.ports.admin.requests.list = async () => {
    throw new GatewayError("invalid_request", "No.", { param: "cursor" });
  };
  expect((await get("")).status).toBe(400);
});

test("a store that fails on the way breaks the answer off, so that nobody takes a part for the whole", async () => {
  gateway.ports.admin.requests.list = async (_, { cursor }) => {
    if (cursor === undefined) return pages[0]!;
    throw new Error("disk");
  };
  const text = get("").then((response) => response.text());
  expect(
    await text.then(
      () => "whole",
      () => "broken",
    ),
  ).toBe("broken");
  expect(gateway.log.messages("warn")).toEqual(["An export of the request log broke off."]);
});
