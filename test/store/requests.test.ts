import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { RequestFilter, RequestRow, Store } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { NOON_MS, rejection, requestRow, temporaryDirectory } from "./support.ts";

describe("a row comes back as it was written", () => {
  const usage = { input: 7, cacheRead: 6, cacheWrite5m: 5, cacheWrite1h: 4, output: 3, reasoning: 2 };
  const rows: [string, Partial<RequestRow>][] = [
    ["an ordinary call", {}],
    [
      "refused before anything was known",
      {
        keyId: null,
        keyName: null,
        team: null,
        model: null,
        provider: null,
        target: null,
        attempts: [],
        usage: null,
        costNanoUsd: 0,
        firstContentMs: null,
        finish: null,
        status: 401,
        code: "invalid_api_key",
        source: "client",
        error: 'This "key" is\nnot known; ünïcode \u0000 too.',
      },
    ],
    [
      "everything set",
      {
        usage: { ...usage, audioInput: 9, audioOutput: 8, searches: 2, estimated: true },
        customer: "acme",
        user: "u-1",
        session: "s",
        tags: { a: "b" },
        warnings: ["logit_bias"],
        cache: "semantic",
        cacheScore: 0.981,
        queuedMs: 1.5,
        costNanoUsd: 9_007_199_254_740_991,
        explanation: [
          {
            strategy: "fallback",
            seed: 7,
            candidates: [{ target: "a/b", key: "key-1", weight: 1, inFlight: 0, skipped: "breaker open" }],
          },
        ],
      },
    ],
    ["a price that nobody knows", { costNanoUsd: null }],
    ["a model whose name has slashes", { provider: "router", target: "router/meta/llama/3" }],
    [
      "attempts of every kind",
      {
        failover: true,
        attempts: [
          {
            target: "a/m",
            provider: "a",
            model: "m",
            key: "k",
            kind: "first",
            startMs: 0,
            outcome: "failed",
            status: 529,
            class: "overloaded",
            reason: "server",
            error: "Overloaded",
            totalMs: 12.5,
          },
          { target: "a/m", provider: "a", model: "m", key: "k", kind: "retry", startMs: 20, outcome: "cancelled" },
          {
            target: "openai/gpt-4o-mini",
            provider: "openai",
            model: "gpt-4o-mini",
            key: "b",
            kind: "failover",
            startMs: 30,
            headMs: 40,
            firstContentMs: 50,
            totalMs: 60,
            outcome: "ok",
            status: 200,
            usage,
            costNanoUsd: null,
          },
          { target: "x/y/z", provider: "x", model: "y/z", key: "b", kind: "hedge", startMs: 31, outcome: "pending" },
          {
            target: "x/y",
            provider: "x",
            model: "y",
            key: "b",
            kind: "continuation",
            startMs: 31,
            outcome: "ok",
            costNanoUsd: 0,
          },
        ],
      },
    ],
  ];
  test.each(rows)("%s", async (_, over) => {
    using directory = temporaryDirectory();
    const store = await openStore({ path: directory.path });
    const row = requestRow(1, over);
    await store.requests.append([row]);
    expect(await store.requests.get(row.id)).toEqual(row);
    expect((await store.requests.list({}, { limit: 10 })).data).toEqual([row]);
    expect(await store.requests.get("req_absent")).toBeNull();
    await store.close();
  });
});

describe("listing", () => {
  const directory = temporaryDirectory();
  let store: Store;
  const ROWS = 1_000;
  /** Each property repeats with its own prime period, so that every combination of filters has a known answer. */
  const rows = Array.from({ length: ROWS }, (_, n) =>
    requestRow(n, {
      model: n % 3 === 0 ? "smart" : "fast",
      provider: n % 5 === 0 ? "anthropic" : "openai",
      target: n % 5 === 0 ? "anthropic/claude" : "openai/gpt-4o-mini",
      keyId: `key_${n % 7}`,
      keyName: n % 7 === 6 ? "key_0" : `name-${n % 7}`,
      team: n % 2 === 0 ? "search" : null,
      status: n % 11 === 0 ? 502 : n % 13 === 0 ? 503 : n % 17 === 0 ? 404 : 200,
      failover: n % 19 === 0,
      cache: n % 23 === 0 ? "exact" : n % 29 === 0 ? "semantic" : "miss",
      error: n % 31 === 0 ? "100% of_all \\ upstreams" : null,
    }),
  );
  beforeAll(async () => {
    store = await openStore({ path: directory.path });
    // Calls end in another order than they started in.
    await store.requests.append(rows.toReversed());
  });
  afterAll(async () => {
    await store.close();
    directory[Symbol.dispose]();
  });

  const filters: [RequestFilter, (row: RequestRow) => boolean][] = [
    [{}, () => true],
    [{ model: "smart" }, (row) => row.model === "smart"],
    [{ provider: "anthropic" }, (row) => row.provider === "anthropic"],
    [{ target: "anthropic/claude" }, (row) => row.target === "anthropic/claude"],
    [{ target: "anthropic/gpt-4o-mini" }, () => false],
    [{ target: "anthropic" }, () => false],
    [{ key: "key_0" }, (row) => row.keyId === "key_0" || row.keyName === "key_0"],
    [{ key: "name-3" }, (row) => row.keyName === "name-3"],
    [{ team: "search" }, (row) => row.team === "search"],
    [{ status: "502" }, (row) => row.status === 502],
    [{ status: "5xx" }, (row) => row.status >= 500],
    [{ status: "200" }, (row) => row.status === 200],
    [{ status: "2xx" }, (row) => row.status === 200],
    [{ failover: true }, (row) => row.failover],
    [{ failover: false }, (row) => !row.failover],
    [{ cache: "exact" }, (row) => row.cache === "exact"],
    [{ cache: "miss" }, (row) => row.cache === "miss"],
    [{ cache: "hit" }, (row) => row.cache === "exact" || row.cache === "semantic"],
    [{ fromMs: NOON_MS + 100, toMs: NOON_MS + 200 }, (row) => inside(row, 100, 200)],
    [{ fromMs: NOON_MS + 99.5, toMs: NOON_MS + 199.5 }, (row) => inside(row, 100, 200)],
    [{ text: "0% OF_all \\" }, (row) => row.error !== null],
    [{ text: "_ll" }, () => false],
    [{ text: "0123" }, (row) => row.id.includes("0123")],
    [{ text: "mart" }, (row) => row.model === "smart"],
    [
      { text: "smart", key: "key_0", status: "5xx" },
      (row) => row.model === "smart" && (row.keyId === "key_0" || row.keyName === "key_0") && row.status >= 500,
    ],
    [{ model: "nobody" }, () => false],
  ];
  const inside = (row: RequestRow, from: number, to: number) =>
    row.startedAtMs >= NOON_MS + from && row.startedAtMs < NOON_MS + to;

  test.each(filters)("%j pages through exactly its rows, newest first", async (filter, passes) => {
    const expected = rows.filter(passes).toReversed();
    for (const limit of [7, 1_000]) {
      const seen: RequestRow[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.requests.list(filter, { limit, cursor });
        expect(page.data.length).toBeLessThanOrEqual(limit);
        seen.push(...page.data);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect(seen.map((row) => row.id)).toEqual(expected.map((row) => row.id));
    }
  });

  test("a cursor stays valid while newer rows arrive", async () => {
    const first = await store.requests.list({ model: "smart" }, { limit: 5 });
    const newer = requestRow(5_000, { model: "smart" });
    await store.requests.append([newer]);
    const second = await store.requests.list({ model: "smart" }, { limit: 5, cursor: first.next! });
    const expected = rows.filter((row) => row.model === "smart").toReversed();
    expect([...first.data, ...second.data].map((row) => row.id)).toEqual(expected.slice(0, 10).map((row) => row.id));
    expect(await store.requests.deleteBefore(Number.MAX_SAFE_INTEGER / 5_000, 0)).toBe(0);
  });

  test.each([
    ["cursor", { cursor: "nonsense" }, {}],
    ["cursor", { cursor: "" }, {}],
    ["cursor", { cursor: "MTIzNA==" }, {}],
    ["limit", { limit: 0 }, {}],
    ["limit", { limit: 1_001 }, {}],
    ["limit", { limit: 1.5 }, {}],
    ["status", {}, { status: "99" }],
    ["status", {}, { status: "6xx" }],
    ["status", {}, { status: "502; drop table requests" }],
    ["cache", {}, { cache: "yes" }],
  ])("a wrong %s is the caller's error: %j %j", async (param, page, filter) => {
    expect(await rejection(store.requests.list(filter, { limit: 10, ...page }))).toMatchObject({
      code: "invalid_request",
      param,
    });
  });
});

test("a batch is written whole or not at all, and sending it again adds nothing", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const broken = { ...requestRow(2), operation: null } as unknown as RequestRow;
  expect(await rejection(store.requests.append([requestRow(1), broken]))).toMatchObject({ code: "internal" });
  expect((await store.requests.list({}, { limit: 10 })).data).toEqual([]);
  await store.requests.append([requestRow(1), requestRow(3)]);
  await store.requests.append([requestRow(1), requestRow(3)]);
  expect((await store.requests.list({}, { limit: 10 })).data).toHaveLength(2);
  await store.close();
});

test("more calls in one millisecond than the log has places for them go to other places of that millisecond, in a restarted process too", async () => {
  using directory = temporaryDirectory();
  for (const start of [0, 1_000, 2_000]) {
    const store = await openStore({ path: directory.path });
    const sameMoment = Array.from({ length: 1_000 }, (_, n) => requestRow(start + n, { startedAtMs: NOON_MS }));
    await store.requests.append(sameMoment);
    await store.close();
  }
  const store = await openStore({ path: directory.path });
  const { data } = await store.requests.list({ fromMs: NOON_MS, toMs: NOON_MS + 1 }, { limit: 1_000 });
  expect(data).toHaveLength(1_000);
  expect(await store.requests.deleteBefore(NOON_MS, 5_000)).toBe(0);
  expect(await store.requests.deleteBefore(NOON_MS + 1, 2_500)).toBe(2_500);
  expect(await store.requests.deleteBefore(NOON_MS + 1, 2_500)).toBe(500);
  await store.close();
});

test("a row costs under 400 bytes on disk, indexes included", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const ROWS = 20_000;
  for (let start = 0; start < ROWS; start += 500) {
    await store.requests.append(Array.from({ length: 500 }, (_, n) => requestRow(start + n)));
  }
  await store.close();
  const bytes = Bun.file(`${directory.path}/log.db`).size;
  expect(bytes / ROWS).toBeLessThan(400);
});

test("a text search over a long log reads a bounded part a page and still finds everything", async () => {
  using directory = temporaryDirectory();
  await (await openStore({ path: directory.path })).close();
  fill(`${directory.path}/log.db`, 120_000, [10, 60_000, 119_999]);
  const store = await openStore({ path: directory.path });
  const found: string[] = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await store.requests.list({ text: "needle" }, { limit: 50, cursor });
    found.push(...page.data.map((row) => row.error!));
    cursor = page.next ?? undefined;
    pages += 1;
  } while (cursor !== undefined);
  expect(found).toEqual(["needle 119999", "needle 60000", "needle 10"]);
  expect(pages).toBe(3);
  await store.close();
});

/** Writes rows past the store, which would take seconds for so many. */
function fill(file: string, rows: number, needles: number[]): void {
  const database = new Database(file);
  database.run(
    `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ${rows})
     INSERT INTO requests (position, id, operation, dialect, stream, status, error, failover, cache, total_us, overhead_us, queued_us)
     SELECT value * 4096, 'req_' || value, 'chat', 'openai-chat', 0, 200,
            CASE WHEN value IN (${needles}) THEN 'needle ' || value END, 0, 'off', 0, 0, 0
     FROM n`,
  );
  database.close();
}
