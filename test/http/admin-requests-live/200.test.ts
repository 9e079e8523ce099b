import { afterEach, beforeEach, expect, test } from "bun:test";
import { GatewayError } from "../../../src/canonical/errors.ts";
import type { RequestFilter, RequestRow } from "../../../src/store/ports.ts";
import { createLiveTail, passes, WATCHERS_MAX } from "../../../src/telemetry/live-tail.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { closedRecord } from "../../telemetry/support.ts";
import { ROW, ROW_JSON } from "../admin-requests/rows.ts";
import { signInByToken } from "../sso-session/support.ts";
import { type StandIn, standIn, until } from "../stand-in.ts";

let gateway: StandIn;
let watching: { filter: RequestFilter; onRow(row: RequestRow): void }[];
beforeEach(() => {
  watching = [];
  gateway = standIn();
  gateway.ports.admin.live = (filter, onRow) => {
    const watcher = { filter, onRow };
    watching.push(watcher);
    return () => void watching.splice(watching.indexOf(watcher), 1);
  };
});
afterEach(() => gateway.stop());

async function watch(query = "", token = "viewer-token") {
  const response = await gateway.get(`/admin/requests/live${query}`, { authorization: `Bearer ${token}` });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    response,
    cancel: () => reader.cancel(),
    /** Everything so far, once it holds `part`. */
    async upTo(part: string): Promise<string> {
      while (!text.includes(part)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`ended with: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
      return text;
    },
    async end(): Promise<void> {
      while (!(await reader.read()).done) {}
    },
  };
}

test("every call as an event, as in the list", async () => {
  const tail = await watch("?model=fast&status=5xx");
  expect(tail.response.headers.get("content-type")).toBe("text/event-stream");
  await tail.upTo(": every call from now on\n\n");
  expect(watching.map(({ filter }) => filter)).toEqual([{ model: "fast", status: "5xx" }]);
  watching[0]!.onRow(ROW);
  const text = await tail.upTo("}\n\n");
  expect(text).toEndWith(`id: req_1\nevent: request\ndata: ${JSON.stringify(ROW_JSON)}\n\n`);
  await tail.cancel();
  await until(() => watching.length === 0);
});

test("silence is broken by a comment now and then", async () => {
  const tail = await watch();
  await tail.upTo("now on");
  await until(() => gateway.clock.pending?.() !== 0);
  await gateway.clock.advance(15_000);
  await tail.upTo(": still here\n\n");
  await tail.cancel();
});

test("a watcher that reads nothing loses the oldest, and is told how many", async () => {
  const tail = await watch();
  await tail.upTo("now on");
  for (let n = 0; n < 1_500; n++) watching[0]!.onRow({ ...ROW, id: `req_${n}` });
  const text = await tail.upTo("id: req_1499\n");
  const shown = text.match(/^id: /gm)!.length;
  const left = Number(/event: dropped\ndata: \{"rows":(\d+)\}/.exec(text)![1]);
  expect(shown + left).toBe(1_500);
  expect(shown).toBeLessThanOrEqual(1_000);
  await tail.cancel();
});

test("ends at once as the gateway drains", async () => {
  const tail = await watch();
  await tail.upTo("now on");
  const drained = gateway.server.drain(60_000);
  await tail.end();
  await drained;
  expect(watching).toEqual([]);
});

test("a team's session watches its team alone", async () => {
  const tail = await watch("", "team-token");
  await tail.upTo("now on");
  expect(watching[0]?.filter).toEqual({ team: "search" });
  await tail.cancel();
  const other = await watch("?team=other", "team-token");
  await other.upTo("now on");
  expect(watching).toHaveLength(0);
  await other.cancel();
});

test("one too many is refused", async () => {
  gateway.ports.admin.live = () => {
    throw new GatewayError("overloaded", "Too many.");
  };
  expect((await watch()).response.status).toBe(503);
});

test.each(["?limit=5", "?from=2026-01-12T12:00:00Z"])("400 for %s", async (query) => {
  expect((await watch(query)).response.status).toBe(400);
});

const filters: [RequestFilter, boolean][] = [
  [{}, true],
  [{ model: "fast", provider: "b", key: "ci", team: "search", status: "2xx", failover: true, cache: "miss" }, true],
  [{ key: "k1", status: "200", text: "REQ_1" }, true],
  [{ model: "slow" }, false],
  [{ provider: "a" }, false],
  [{ target: "b/other" }, false],
  [{ key: "other" }, false],
  [{ team: "other" }, false],
  [{ status: "5xx" }, false],
  [{ status: "201" }, false],
  [{ failover: false }, false],
  [{ cache: "exact" }, false],
  [{ cache: "hit" }, false],
  [{ text: "nowhere" }, false],
];
test.each(filters)("the filter %j: %p", (filter, expected) => expect(passes(ROW, filter)).toBe(expected));

test("calls reach who watches, after they are over, and nobody else", async () => {
  const clock = simulatedClock();
  const tail = createLiveTail(clock);
  const seen: string[] = [];
  tail.sink(closedRecord());
  const unwatch = tail.watch({ model: "fast" }, ({ id }) => seen.push(id));
  tail.sink({ ...closedRecord(), id: "a" });
  tail.sink({ ...closedRecord({ model: "smart" }), id: "b" });
  expect(seen).toEqual([]);
  await clock.advance(1);
  expect(seen).toEqual(["a"]);
  unwatch();
  tail.sink({ ...closedRecord(), id: "c" });
  await clock.advance(1);
  expect(seen).toEqual(["a"]);
  for (let n = 0; n < WATCHERS_MAX; n++) tail.watch({}, () => {});
  expect(() => tail.watch({}, () => {})).toThrow("watch the requests already");
});

test("whoever signs out, or is signed out elsewhere, sees no further call", async () => {
  const { cookie, csrf } = await signInByToken(gateway);
  const elsewhere = await signInByToken(gateway);
  const response = await gateway.get("/admin/requests/live", { cookie });
  const reader = response.body!.getReader();
  await reader.read();
  await until(() => watching.length === 1);
  watching[0]!.onRow(ROW);
  expect(new TextDecoder().decode((await reader.read()).value)).toContain(ROW.id);
  const headers = { cookie: elsewhere.cookie, "x-evergate-csrf": elsewhere.csrf };
  expect(csrf).not.toBe(elsewhere.csrf);
  expect((await fetch(gateway.url("/sso/sessions"), { method: "DELETE", headers })).status).toBe(204);
  watching[0]?.onRow({ ...ROW, id: "req_after_sign_out" });
  let rest = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
    rest += new TextDecoder().decode(chunk.value);
  expect(rest).not.toContain("req_after_sign_out");
  expect(watching).toEqual([]);
});
