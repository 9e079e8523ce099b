import { describe, expect, test } from "bun:test";
import type { RequestRow } from "../../../src/store/ports.ts";
import { KEY, standIn } from "../stand-in.ts";

function gatewayWith(rows: Record<string, string | null>) {
  const gateway = standIn();
  const kept: unknown[] = [];
  const reported: string[] = [];
  gateway.ports.admin.requests.get = async (id) =>
    id in rows ? ({ id, keyId: rows[id] } as unknown as RequestRow) : null;
  gateway.ports.feedback = {
    put: async (row) => void kept.push(row),
    reportWrong: async (id) => reported.push(id) > 0,
  };
  // The log is a moment behind: whoever waits for it must not wait for a clock that stands still.
  gateway.ports.clock.after = (_ms, callback) => {
    queueMicrotask(callback);
    return () => {};
  };
  const send = (body: unknown, key = KEY) =>
    fetch(gateway.url("/v1/feedback"), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
  return { gateway, kept, reported, send };
}

test("is kept with who said it; what was wrong is taken out", async () => {
  const { gateway, kept, reported, send } = gatewayWith({ req_1: "key_1" });
  expect(await (await send({ request_id: "req_1", score: 0.5, comment: "fine" })).json()).toEqual({
    request_id: "req_1",
    stored: true,
    purged: false,
  });
  expect(kept).toMatchObject([{ requestId: "req_1", keyId: "key_1", score: 0.5, comment: "fine", cachedWrong: false }]);
  expect(await (await send({ request_id: "req_1", score: -1, cached_wrong: true })).json()).toMatchObject({
    purged: true,
  });
  expect(reported).toEqual(["req_1"]);
  await gateway.stop();
});

test.each([["req_of_another"], ["req_unknown"]])("%s is 404, and says nothing of whose it is", async (id) => {
  const { gateway, kept, reported, send } = gatewayWith({ req_of_another: "key_2" });
  const response = await send({ request_id: id, score: -1, cached_wrong: true });
  expect(response.status).toBe(404);
  expect([kept, reported]).toEqual([[], []]);
  await gateway.stop();
});

describe("refused", () => {
  test.each([
    [{ score: 1 }, "request_id"],
    [{ request_id: "", score: 1 }, "request_id"],
    [{ request_id: 5, score: 1 }, "request_id"],
    [{ request_id: "req_1" }, "score"],
    [{ request_id: "req_1", score: 1.1 }, "score"],
    [{ request_id: "req_1", score: "1" }, "score"],
    [{ request_id: "req_1", score: 1, comment: 5 }, "comment"],
    [{ request_id: "req_1", score: 1, comment: "x".repeat(2_001) }, "comment"],
    [{ request_id: "req_1", score: 1, cached_wrong: "yes" }, "cached_wrong"],
    [{ request_id: "req_1", score: 1, wrong: true }, "wrong"],
  ])("%j at %s", async (body, param) => {
    const { gateway, kept, send } = gatewayWith({ req_1: "key_1" });
    const response = await send(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "invalid_request", param } });
    expect(kept).toEqual([]);
    await gateway.stop();
  });

  test("without a valid key", async () => {
    const { gateway, send } = gatewayWith({ req_1: "key_1" });
    expect((await send({ request_id: "req_1", score: 1 }, "eg_wrong")).status).toBe(401);
    await gateway.stop();
  });
});
