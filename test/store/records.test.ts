import { describe, expect, test } from "bun:test";
import type { AuditEntry, CustomerRow, KeyRow, Store } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { NOON_MS, rejection, temporaryDirectory } from "./support.ts";

const customer = (extra: Partial<CustomerRow> = {}): CustomerRow => ({
  id: "customer_1",
  name: "acme",
  budgets: [{ limitUsd: 0.1, per: "day" }],
  limits: null,
  perUser: null,
  models: ["fast"],
  providers: null,
  tags: { tier: "gold" },
  expires: null,
  ips: null,
  disabled: false,
  createdAtMs: NOON_MS,
  updatedAtMs: NOON_MS,
  version: 1,
  ...extra,
});
const key = (extra: Partial<KeyRow> = {}): KeyRow => ({
  ...customer({ id: "key_1", name: "ci" }),
  hash: "aa",
  prefix: "eg_abc",
  team: null,
  customer: "acme",
  previousHash: null,
  previousUntilMs: null,
  ...extra,
});
const entry = (n: number, extra: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: NOON_MS + n,
  actor: "admin token",
  remoteAddress: "127.0.0.1",
  action: "create",
  resource: "key",
  resourceId: "key_1",
  name: "ci",
  before: null,
  after: { models: ["fast"] },
  ...extra,
});
const page = { limit: 10 };

async function withStore(use: (store: Store, path: string) => Promise<void>): Promise<void> {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  try {
    await use(store, directory.path);
  } finally {
    await store.close();
  }
}

describe("keys, teams and customers", () => {
  test("come back as they were written, in another process too", async () => {
    using directory = temporaryDirectory();
    const first = await openStore({ path: directory.path });
    await first.keys.insert(key(), entry(0));
    await first.teams.insert({ ...customer({ id: "team_1", name: "search" }), customer: "acme" }, entry(1));
    await first.customers.insert(customer(), entry(2));
    await first.close();
    const second = await openStore({ path: directory.path });
    expect(await second.keys.list()).toEqual([key()]);
    expect(await second.teams.list()).toEqual([{ ...customer({ id: "team_1", name: "search" }), customer: "acme" }]);
    expect(await second.customers.list()).toEqual([customer()]);
    await second.close();
  });

  test("a change needs the version before it, and a field can be taken away", () =>
    withStore(async ({ keys }) => {
      await keys.insert(key(), entry(0));
      await keys.update(key({ version: 2, models: null, tags: null, disabled: true }), entry(1, { action: "update" }));
      expect(await keys.list()).toEqual([key({ version: 2, models: null, tags: null, disabled: true })]);
      expect(await rejection(keys.update(key({ version: 2 }), entry(2)))).toMatchObject({
        code: "precondition_failed",
      });
      expect(await rejection(keys.delete("key_1", 1, entry(3)))).toMatchObject({ code: "precondition_failed" });
      await keys.delete("key_1", 2, entry(4, { action: "delete" }));
      expect(await keys.list()).toEqual([]);
      expect(await rejection(keys.delete("key_1", 2, entry(5)))).toMatchObject({ code: "precondition_failed" });
    }));

  test("a name is used once at a time", () =>
    withStore(async ({ keys }) => {
      await keys.insert(key(), entry(0));
      const second = key({ id: "key_2", hash: "bb" });
      expect(await rejection(keys.insert(second, entry(1)))).toMatchObject({ code: "conflict", param: "name" });
      await keys.delete("key_1", 1, entry(2));
      await keys.insert(second, entry(3));
    }));
});

describe("the audit trail", () => {
  test("has a row for each change that happened and none for one that did not", () =>
    withStore(async ({ keys, audit, budgets }) => {
      await keys.insert(key(), entry(0));
      await rejection(keys.insert(key({ id: "key_2" }), entry(1)));
      await rejection(keys.update(key({ version: 7 }), entry(2)));
      await rejection(keys.delete("key_9", 1, entry(3)));
      await keys.update(key({ version: 2 }), entry(4, { action: "update" }));
      await budgets.reset("b", entry(5, { action: "reset", resource: "budget", resourceId: "b", before: { a: 1 } }));
      const { data } = await audit.list({}, page);
      expect(data.map(({ atMs, action }) => [atMs - NOON_MS, action])).toEqual([
        [5, "reset"],
        [4, "update"],
        [0, "create"],
      ]);
      expect(data[2]).toEqual({ id: 1, ...entry(0) });
    }));

  test.each([
    [{}, [3, 2, 1, 0]],
    [{ actor: "cli" }, [2]],
    [{ action: "update" }, [1]],
    [{ resource: "team" }, [3]],
    [{ resourceId: "key_1" }, [2, 1, 0]],
    [{ fromMs: NOON_MS + 1, toMs: NOON_MS + 3 }, [2, 1]],
    [{ action: "rotate" }, []],
  ])("filter %j", (filter, expected) =>
    withStore(async ({ audit }) => {
      const rows = [{}, { action: "update" }, { actor: "cli" }, { resource: "team", resourceId: "team_1" }] as const;
      for (const [n, extra] of rows.entries()) await audit.append(entry(n, extra));
      const { data } = await audit.list(filter, page);
      expect(data.map(({ atMs }) => atMs - NOON_MS)).toEqual([...expected]);
    }),
  );

  test("pages follow each other without gaps", () =>
    withStore(async ({ audit }) => {
      for (let n = 0; n < 5; n++) await audit.append(entry(n));
      const first = await audit.list({}, { limit: 2 });
      const second = await audit.list({}, { limit: 2, cursor: first.next! });
      const third = await audit.list({}, { limit: 2, cursor: second.next! });
      expect([first, second, third].map(({ data }) => data.map(({ id }) => id))).toEqual([[5, 4], [3, 2], [1]]);
      expect(third.next).toBeNull();
      expect(await rejection(audit.list({}, { limit: 2, cursor: "x" }))).toMatchObject({ param: "cursor" });
    }));
});
