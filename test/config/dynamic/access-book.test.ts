import { describe, expect, test } from "bun:test";
import { accessOptionsOf } from "../../../src/config/access-options.ts";
import type { Change } from "../../../src/config/dynamic/access-book.ts";
import { openAccessBook } from "../../../src/config/dynamic/access-book.ts";
import { layerAccess } from "../../../src/config/layered-access.ts";
import { openStore } from "../../../src/store/sqlite/store.ts";
import { rejection } from "../../store/support.ts";
import { FILE, NOW_MS, openBook } from "./book.ts";

const by: Change = { actor: { name: "admin token", remoteAddress: "192.0.2.1" } };

describe("keys", () => {
  test("a new key works from the next call on, within its team's and customer's rules", async () => {
    await using open = await openBook();
    const { view, secret } = await open.book.create("keys", { name: "new", team: "search", tags: { tier: "own" } }, by);
    expect(secret).toMatch(/^eg_[A-Za-z0-9]{40}$/);
    expect(view).toMatchObject({ name: "new", prefix: secret!.slice(0, 6), origin: "api", disabled: false });
    const principal = open.access.identify(secret);
    expect(principal).toMatchObject({
      id: view.id,
      name: "new",
      team: "search",
      customer: "acme",
      tags: { tier: "own" },
    });
    expect(principal.allows({ model: "slow" })).toBe(false);
  });

  test("is held as a hash: no secret is in what the book shows or the store keeps", async () => {
    await using open = await openBook();
    const { secret } = await open.book.create("keys", { name: "new" }, by);
    const rotated = await open.book.rotate("new", 60_000, by);
    const kept = JSON.stringify([
      open.book.list("keys"),
      await open.store.keys.list(),
      await open.store.audit.list({}, { limit: 9 }),
    ]);
    for (const known of [secret!, rotated.secret, "a-secret-of-the-file", "a-secr"]) expect(kept).not.toContain(known);
    for (const { hash } of await open.store.keys.list()) {
      expect(JSON.stringify(await open.store.audit.list({}, { limit: 9 }))).not.toContain(hash);
    }
  });

  test("changes, pauses and ends count from the next call on", async () => {
    await using open = await openBook();
    const { book, access } = open;
    const { secret } = await book.create("keys", { name: "new", models: ["fast"] }, by);
    await book.update("keys", "new", { models: ["slow"], expires: "2027-01-01" }, by);
    expect(access.identify(secret).allows({ model: "slow" })).toBe(true);
    expect(access.identify(secret).allows({ model: "fast" })).toBe(false);
    expect(await book.update("keys", "new", { models: null, expires: null }, by)).toMatchObject({
      models: null,
      expires: null,
    });
    expect(access.identify(secret).allows({ model: "fast" })).toBe(true);
    await book.update("keys", "new", { disabled: true }, by);
    expect(() => access.identify(secret)).toThrow(expect.objectContaining({ code: "key_disabled" }));
    await book.update("keys", "new", { disabled: null }, by);
    expect(access.identify(secret).name).toBe("new");
    await book.delete("keys", "new", by);
    expect(() => access.identify(secret)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(() => book.get("keys", "new")).toThrow(expect.objectContaining({ code: "not_found" }));
  });

  test("rotation keeps the id and lets the old secret live as long as asked, never an older one", async () => {
    await using open = await openBook();
    const { book, access, clock } = open;
    const first = await book.create("keys", { name: "new" }, by);
    const second = await book.rotate("new", 1_000, by);
    expect(second.view).toMatchObject({
      id: first.view.id,
      previous_valid_until: new Date(NOW_MS + 1_000).toISOString(),
    });
    expect(access.identify(first.secret).id).toBe(first.view.id);
    const third = await book.rotate(first.view.id, 1_000, by);
    expect(() => access.identify(first.secret)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(access.identify(second.secret).id).toBe(first.view.id);
    await clock.advance(1_000);
    expect(() => access.identify(second.secret)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    const fourth = await book.rotate("new", 0, by);
    expect(() => access.identify(third.secret)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    expect(access.identify(fourth.secret).name).toBe("new");
  });

  test("everything is there again after a restart", async () => {
    await using open = await openBook();
    await open.book.create("customers", { name: "umbrella" }, by);
    await open.book.create("teams", { name: "ops", customer: "umbrella", disabled: true }, by);
    const { secret } = await open.book.create("keys", { name: "new", team: "ops" }, by);
    const { config, clock, store } = open;
    const again = await openAccessBook({ store, clock, config: () => config, onChange: () => {} });
    for (const kind of ["keys", "teams", "customers"] as const) expect(again.list(kind)).toEqual(open.book.list(kind));
    expect(() => open.access.identify(secret)).toThrow('with its team "ops"');
  });
});

describe("whether a key is required", () => {
  test("the first key closes an open gateway, and taking the last one away does not open it again", async () => {
    await using open = await openBook({ ...FILE, access: {} });
    expect(open.access.identify(undefined).kind).toBe("anonymous");
    const { secret } = await open.book.create("keys", { name: "first" }, by);
    expect(() => open.access.identify(undefined)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    await open.book.delete("keys", "first", by);
    for (const credential of [undefined, secret]) {
      expect(() => open.access.identify(credential)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
    }
    const { config, clock, store } = open;
    const again = await openAccessBook({ store, clock, config: () => config, onChange: () => {} });
    expect(again.stored().keysWereMade).toBe(true);
  });

  test("what the file says wins", async () => {
    await using open = await openBook({ ...FILE, access: { require: "none" } });
    await open.book.create("keys", { name: "first" }, by);
    expect(open.access.identify(undefined).kind).toBe("anonymous");
  });
});

describe("what the file declares", () => {
  test.each([
    ["keys", "ci"],
    ["keys", "file:ci"],
    ["teams", "search"],
    ["customers", "acme"],
  ] as const)("%s %s is shown and read-only", async (kind, id) => {
    await using open = await openBook();
    const { book } = open;
    expect(book.get(kind, id)).toMatchObject({ origin: "file" });
    const conflict = { code: "conflict", status: 409, message: expect.stringContaining("configuration file") };
    expect(await rejection(book.update(kind, id, { disabled: true }, by))).toMatchObject(conflict);
    expect(await rejection(book.delete(kind, id, by))).toMatchObject(conflict);
    expect(await rejection(book.create(kind, { name: book.get(kind, id).name }, by))).toMatchObject(conflict);
    if (kind === "keys") expect(await rejection(book.rotate(id, 0, by))).toMatchObject(conflict);
    expect((await open.store.audit.list({}, { limit: 9 })).data).toEqual([]);
  });

  test("a name that both have is the file's, and the other one is out of force", async () => {
    await using open = await openBook({ ...FILE, access: {} });
    const { secret } = await open.book.create("keys", { name: "ci" }, by);
    await using later = await openBook();
    const stored = { ...open.book.stored() };
    const access = layerAccess(later.config, stored);
    expect(access.keys.map(({ name, origin }) => [name, origin])).toEqual([["ci", "file"]]);
    expect(access.warnings).toEqual(['key "ci" made by API is out of force: the file declares one']);
    expect(() => later.access.identify(secret)).toThrow(expect.objectContaining({ code: "invalid_api_key" }));
  });

  test("keys whose team the file has dropped are refused, not freed of its rules", async () => {
    await using open = await openBook();
    const { secret } = await open.book.create("keys", { name: "new", team: "search" }, by);
    await using later = await openBook({ ...FILE, access: {} });
    const layered = layerAccess(later.config, open.book.stored());
    later.access.replace(accessOptionsOf(layered));
    expect(() => later.access.identify(secret)).toThrow(expect.objectContaining({ code: "key_disabled" }));
    expect(layered.warnings).toEqual(['key "new" is refused: its team "search" does not exist any more']);
  });
});

describe("bodies", () => {
  test.each([
    ["keys", {}, "name", "is required"],
    ["keys", { name: "a b" }, "name", "white space"],
    ["keys", { name: 7 }, "name", "expected a text"],
    ["keys", { name: "k", modles: ["fast"] }, "modles", 'did you mean "models"'],
    ["keys", { name: "k", budget: [] }, "budget", 'did you mean "budgets"'],
    ["keys", { name: "k", secret: "eg_own" }, "secret", "unknown setting"],
    ["keys", { name: "k", models: ["fsat"] }, "models[0]", 'did you mean "fast"'],
    ["keys", { name: "k", providers: ["opnai"] }, "providers[0]", 'did you mean "openai"'],
    ["keys", { name: "k", team: "serach" }, "team", 'did you mean "search"'],
    ["keys", { name: "k", customer: "amce" }, "customer", 'did you mean "acme"'],
    ["keys", { name: "k", budgets: [{ limitUsd: "5", per: "day" }] }, "budgets[0].limitUsd", "expected a number"],
    ["keys", { name: "k", budgets: [{ limitUsd: 0, per: "day" }] }, "budgets[0].limitUsd", "over 0"],
    ["keys", { name: "k", budgets: [{ limitUsd: 1e-10, per: "day" }] }, "budgets[0].limitUsd", "9 decimal places"],
    ["keys", { name: "k", budgets: [{ limitUsd: 5, per: "fortnight" }] }, "budgets[0].per", "none of"],
    [
      "keys",
      { name: "k", limits: { requestsPerMinut: 5 } },
      "limits.requestsPerMinut",
      'did you mean "requestsPerMinute"',
    ],
    ["keys", { name: "k", limits: { maxConcurrent: 0 } }, "limits.maxConcurrent", "from 1"],
    ["keys", { name: "k", expires: "tomorrow" }, "expires", "RFC 3339"],
    ["keys", { name: "k", ips: ["10.0.0.0/33"] }, "ips[0]", "range"],
    ["keys", { name: "k", disabled: "yes" }, "disabled", "true or false"],
    ["teams", { name: "t", team: "search" }, "team", "unknown setting"],
    ["customers", { name: "c", customer: "acme" }, "customer", "unknown setting"],
  ] as const)("of %s: %j is refused at %s", async (kind, body, param, said) => {
    await using open = await openBook();
    const error = await rejection(open.book.create(kind, body, by));
    expect(error).toMatchObject({ code: "invalid_request", status: 400, param });
    expect(String(error)).toContain(said);
    expect(open.book.stored()).toMatchObject({ keys: [], teams: [], customers: [], keysWereMade: false });
  });

  test("every fault is named", async () => {
    await using open = await openBook();
    const error = await rejection(open.book.create("keys", { name: "k", team: "x", expires: "y" }, by));
    expect(String(error)).toContain("and 1 more: team");
  });

  test("money comes back as it was written, and counts to the nano-dollar", async () => {
    await using open = await openBook();
    const budgets = [{ limitUsd: 0.123456789, per: "day" }];
    const { view } = await open.book.create("keys", { name: "k", budgets }, by);
    expect(view["budgets"]).toEqual(budgets);
    expect(open.layered().keys.at(-1)?.budgets[0]?.limitNanoUsd).toBe(123_456_789);
  });

  test("a name is given once and for all", async () => {
    await using open = await openBook();
    await open.book.create("keys", { name: "k" }, by);
    expect(await rejection(open.book.update("keys", "k", { name: "other" }, by))).toMatchObject({ param: "name" });
    expect(await open.book.update("keys", "k", { name: "k", disabled: true }, by)).toMatchObject({ disabled: true });
    expect(await rejection(open.book.create("keys", { name: "k" }, by))).toMatchObject({ code: "conflict" });
  });
});

describe("what belongs together", () => {
  test("a team or customer is not taken away while something names it", async () => {
    await using open = await openBook();
    const { book } = open;
    await book.create("customers", { name: "umbrella" }, by);
    await book.create("teams", { name: "ops", customer: "umbrella" }, by);
    await book.create("keys", { name: "k", team: "ops" }, by);
    const used = await rejection(book.delete("teams", "ops", by));
    expect(used).toMatchObject({ code: "conflict", message: 'The team "ops" is still named by key "k".' });
    expect(await rejection(book.delete("customers", "umbrella", by))).toMatchObject({ code: "conflict" });
    await book.delete("keys", "k", by);
    await book.delete("teams", "ops", by);
    await book.delete("customers", "umbrella", by);
  });

  test("a key is under one customer: its own cannot differ from its team's", async () => {
    await using open = await openBook();
    const { book } = open;
    await book.create("customers", { name: "umbrella" }, by);
    const both = { name: "k", team: "search", customer: "umbrella" };
    expect(await rejection(book.create("keys", both, by))).toMatchObject({
      code: "invalid_request",
      param: "customer",
    });
    await book.create("teams", { name: "ops" }, by);
    await book.create("keys", { ...both, team: "ops" }, by);
    expect(await rejection(book.update("keys", "k", { team: "search" }, by))).toMatchObject({ param: "customer" });
    expect(await rejection(book.update("teams", "ops", { customer: "acme" }, by))).toMatchObject({ code: "conflict" });
    await book.update("teams", "ops", { customer: "umbrella" }, by);
  });

  test("changes at the same time happen one after the other", async () => {
    await using open = await openBook();
    const { book } = open;
    await book.create("teams", { name: "ops" }, by);
    const outcomes = await Promise.allSettled([
      book.delete("teams", "ops", by),
      book.create("keys", { name: "k", team: "ops" }, by),
      ...[1, 2, 3].map(() => book.create("keys", { name: "same" }, by)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
  });
});

describe("the audit trail", () => {
  test("has who, from where, what, before and after", async () => {
    await using open = await openBook();
    const { book, store } = open;
    const { view } = await book.create("keys", { name: "k" }, by);
    await book.update("keys", "k", { models: ["fast"] }, { actor: { name: "cli", remoteAddress: null } });
    await book.rotate("k", 0, by);
    await book.delete("keys", "k", by);
    const { data } = await store.audit.list({}, { limit: 9 });
    expect(data.map(({ action, actor, remoteAddress }) => [action, actor, remoteAddress])).toEqual([
      ["delete", "admin token", "192.0.2.1"],
      ["rotate", "admin token", "192.0.2.1"],
      ["update", "cli", null],
      ["create", "admin token", "192.0.2.1"],
    ]);
    const [deleted, , updated, created] = data;
    expect(created).toMatchObject({ resource: "key", resourceId: view.id, name: "k", before: null, after: view });
    expect(updated).toMatchObject({ before: { models: null }, after: { models: ["fast"] } });
    expect(deleted).toMatchObject({ before: { name: "k" }, after: null });
  });

  test("a version that somebody else has changed is not written over", async () => {
    await using open = await openBook();
    await open.book.create("keys", { name: "k" }, by);
    const stale = { ...by, matches: () => false };
    const changes = [
      () => open.book.update("keys", "k", { disabled: true }, stale),
      () => open.book.delete("keys", "k", stale),
      () => open.book.rotate("k", 0, stale),
    ];
    for (const change of changes)
      expect(await rejection(change())).toMatchObject({ code: "precondition_failed", status: 412 });
    expect(open.book.get("keys", "k")).toMatchObject({ disabled: false });
    expect((await open.store.audit.list({}, { limit: 9 })).data).toHaveLength(1);
  });

  test("what could not be written did not happen", async () => {
    await using open = await openBook();
    const { secret } = await open.book.create("keys", { name: "k" }, by);
    await open.store.close();
    expect(await rejection(open.book.delete("keys", "k", by))).toMatchObject({ code: "shutting_down" });
    expect(open.access.identify(secret).name).toBe("k");
    const again = await openStore({ path: open.path });
    expect(await again.keys.list()).toHaveLength(1);
    await again.close();
  });
});
