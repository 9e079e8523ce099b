import { expect, test } from "bun:test";
import type { AuditEntry } from "../../../src/store/ports.ts";
import { standIn } from "../stand-in.ts";

const admin = { authorization: "Bearer admin-token" };
const NOTHING = { hits: 0, inputTokens: 0, outputTokens: 0, costNanoUsd: 0, ms: 0 };

test("without a cache it says so", async () => {
  const gateway = standIn();
  const response = await gateway.get("/admin/cache", { authorization: "Bearer viewer-token" });
  expect(await response.json()).toEqual({ enabled: false });
  await gateway.stop();
});

test("statistics: what was saved, and the evidence in words", async () => {
  const gateway = standIn();
  const cell = { cell: "6/0.90", verified: 299, wrong: 0, atMostPercent: 0.99693, served: true } as const;
  const doubtful = { cell: "5/0.90", verified: 30, wrong: 3, atMostPercent: 23.9, served: false } as const;
  gateway.ports.admin.cache.statistics = async () => ({
    embedding: "ready",
    totals: {
      misses: 4,
      verified: 329,
      wrong: 3,
      exact: { hits: 2, inputTokens: 20, outputTokens: 8, costNanoUsd: 1_500_000, ms: 900 },
      semantic: NOTHING,
    },
    spaces: [{ space: "", entries: 3, semanticEntries: 2, indexedEntries: 1, bytes: 999 }],
    pools: [
      {
        who: "ci",
        partition: "p",
        model: "fast",
        judged: false,
        maxWrongPercent: 1,
        verified: 329,
        wrong: 3,
        cells: [cell, doubtful],
        driftedAtMs: Date.UTC(2026, 0, 1),
      },
    ],
  });
  const body = await (await gateway.get("/admin/cache", admin)).json();
  expect(body).toMatchObject({
    enabled: true,
    exact: { hits: 2, saved_input_tokens: 20, saved_output_tokens: 8, saved_cost_usd: "0.0015", saved_ms: 900 },
    spaces: [{ model: null, entries: 3, semantic_entries: 2, indexed_entries: 1, bytes: 999 }],
    evidence: [
      {
        who: "ci",
        verified: 329,
        wrong: 3,
        served: { verified: 299, wrong: 0, at_most_percent: 1, summary: "299 verified, 0 wrong, ≤ 1 % at 95 %" },
        drifted_at: "2026-01-01T00:00:00.000Z",
      },
    ],
  });
  await gateway.stop();
});

test("an explanation, by request", async () => {
  const gateway = standIn();
  gateway.ports.admin.cache.explain = (id) =>
    id === "req_1"
      ? {
          requestId: "req_1",
          atMs: 0,
          model: "fast",
          keyId: "key_1",
          team: null,
          mode: "on",
          key: "ab",
          status: "miss",
          considered: [{ id: "cd", level: 0, cosine: 0.9, reason: "numbers: 1 / 2" }],
        }
      : undefined;
  const explained = await gateway.get("/admin/cache/explain?request_id=req_1", admin);
  expect(await explained.json()).toMatchObject({
    request_id: "req_1",
    id: "ab",
    served: null,
    considered: [{ id: "cd", level: 0, cosine: 0.9, reason: "numbers: 1 / 2" }],
  });
  expect((await gateway.get("/admin/cache/explain?request_id=req_2", admin)).status).toBe(404);
  await gateway.stop();
});

test("a purge passes its filters on, and leaves a trail without the text", async () => {
  const gateway = standIn();
  const purges: { wanted: unknown; audit: AuditEntry }[] = [];
  gateway.ports.admin.cache.purge = async (wanted, audit) => {
    purges.push({ wanted, audit });
    return 7;
  };
  const url = gateway.url("/admin/cache?key=ci&older_than_ms=60000&text=john%40example.com");
  const response = await fetch(url, { method: "DELETE", headers: admin });
  expect(await response.json()).toEqual({ deleted: 7 });
  expect(purges).toMatchObject([
    {
      wanted: { key: "ci", olderThanMs: 60_000, text: "john@example.com" },
      audit: { action: "delete", resource: "cache", name: "ci", before: { older_than_ms: 60_000, text: "***" } },
    },
  ]);
  expect(JSON.stringify(purges[0]!.audit)).not.toContain("john");
  await gateway.stop();
});

test("how many entries a purge would take out, by its own filters", async () => {
  const gateway = standIn();
  const asked: unknown[] = [];
  gateway.ports.admin.cache.count = async (wanted) => {
    asked.push(wanted);
    return 3;
  };
  const response = await gateway.get("/admin/cache/count?key=ci&older_than_ms=60000", admin);
  expect(await response.json()).toEqual({ entries: 3 });
  expect(asked).toEqual([{ id: undefined, key: "ci", olderThanMs: 60_000, text: undefined }]);
  await gateway.stop();
});
