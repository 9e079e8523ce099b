import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { openCacheDatabase } from "../../../src/cache/answers/database.ts";
import { entryQueries, noteQueries, type PurgeFilter } from "../../../src/cache/answers/queries.ts";
import { sizeOf } from "../../../src/cache/answers/rows.ts";
import { hash, rowOf } from "../rows.ts";

let directory: string;
let entries: ReturnType<typeof entryQueries>;
const open = () => openCacheDatabase(`${directory}/cache.db`);
const PLENTY = { "": { maxBytes: 1e9, maxSemantic: 1e9 } };
const NOW = 1_000;

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/evergate-answers-`);
  entries = entryQueries(open());
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("finding", () => {
  test("by the exact key, else by the newest of the canonical key", () => {
    entries.put([rowOf("a", { canonical: hash("c") }), rowOf("b", { canonical: hash("c") })], PLENTY);
    expect(entries.find(hash("a"), hash("c"), NOW)).toMatchObject({ exact: { key: hash("a") }, canonical: null });
    expect(entries.find(hash("x"), hash("c"), NOW)).toMatchObject({ exact: null, canonical: { key: hash("b") } });
    expect(entries.find(hash("x"), null, NOW)).toEqual({ exact: null, canonical: null });
  });

  test("each life ends by itself: by equal requests, and by meaning", () => {
    entries.put([rowOf("a", { exactUntilMs: 2_000, semanticUntilMs: 3_000, canonical: hash("c") })], PLENTY);
    const found = (nowMs: number) => {
      const { exact, canonical } = entries.find(hash("a"), hash("c"), nowMs);
      return [exact !== null, canonical !== null];
    };
    expect([found(1_999), found(2_000), found(3_000)]).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
    expect(entries.get(hash("a"), 2_999)?.key).toBe(hash("a"));
    expect(entries.get(hash("a"), 3_000)).toBeNull();
  });

  test("a second answer to the same request takes the place of the first", () => {
    entries.put([rowOf("a", { answer: '"old"' })], PLENTY);
    entries.put([rowOf("a", { answer: '"new"' })], PLENTY);
    expect(entries.find(hash("a"), null, NOW).exact?.answer).toBe('"new"');
    expect(entries.statistics()).toMatchObject([{ entries: 1 }]);
  });

  test("what was written is there after the file is opened again", () => {
    entries.put([rowOf("a")], PLENTY);
    expect(entryQueries(open()).find(hash("a"), null, NOW).exact).toEqual(rowOf("a"));
  });
});

describe("bounds", () => {
  test("beyond its bytes the least recently used go, of that space alone", () => {
    const size = sizeOf(rowOf("a"));
    entries.put([rowOf("other", { space: "own" })], { own: { maxBytes: size, maxSemantic: 9 } });
    const bound = { "": { maxBytes: 3 * size, maxSemantic: 9 } };
    entries.put([rowOf("a"), rowOf("b"), rowOf("c")], bound);
    entries.touch([hash("a")], 5_000);
    expect(entries.put([rowOf("d")], bound)).toEqual([hash("b")]);
    const left = ["a", "b", "c", "d", "other"].filter((name) => entries.get(hash(name), NOW));
    expect(left).toEqual(["a", "c", "d", "other"]);
  });

  test("the bytes are known again after a restart", () => {
    const size = sizeOf(rowOf("a"));
    entries.put([rowOf("a"), rowOf("b")], PLENTY);
    const again = entryQueries(open());
    expect(again.put([rowOf("c")], { "": { maxBytes: 2 * size, maxSemantic: 9 } })).toEqual([hash("a")]);
  });

  test("beyond maxEntries the least recently used are found by equal requests only", () => {
    const bound = { "": { maxBytes: 1e9, maxSemantic: 1 } };
    entries.put([rowOf("a", { canonical: hash("ca") }), rowOf("b", { canonical: hash("cb") })], bound);
    expect(entries.find(hash("x"), hash("ca"), NOW).canonical).toBeNull();
    expect(entries.find(hash("a"), null, NOW).exact).not.toBeNull();
    expect(entries.find(hash("x"), hash("cb"), NOW).canonical).not.toBeNull();
    expect(entries.statistics()).toMatchObject([{ entries: 2, semanticEntries: 1 }]);
  });

  test("a sweep deletes what has expired, and first only what it was found by", () => {
    const row = rowOf("a", { canonical: hash("c"), exactUntilMs: 3_000, semanticUntilMs: 2_000 });
    entries.put([row, rowOf("b", { exactUntilMs: 2_000 })], PLENTY);
    expect(entries.sweep(2_000)).toEqual([hash("b")]);
    expect(entries.statistics()).toMatchObject([{ entries: 1, semanticEntries: 0 }]);
    expect(entries.sweep(3_000)).toEqual([hash("a")]);
    expect(entries.statistics()).toEqual([]);
  });
});

describe("purging", () => {
  test.each<[PurgeFilter, string[]]>([
    [{ id: hash("a") }, ["a"]],
    [{ key: "ci" }, ["a", "b"]],
    [{ key: "key_2" }, ["c"]],
    [{ storedBeforeMs: 200 }, ["a"]],
    [{ text: "zanzibar" }, ["a"]],
    [{ text: 'said "no"' }, ["b"]],
    [{ text: "%" }, []],
    [{ key: "ci", storedBeforeMs: 1_000, text: "no" }, ["b"]],
    [{}, []],
  ])("%j takes %j", (filter, gone) => {
    const own = { keyId: "key_1", keyName: "ci" };
    entries.put(
      [
        rowOf("a", { ...own, text: "Where is Zanzibar?", storedAtMs: 100 }),
        rowOf("b", { ...own, answer: JSON.stringify({ text: 'He said "no"' }), storedAtMs: 200 }),
        rowOf("c", { keyId: "key_2", keyName: "other", storedAtMs: 300 }),
      ],
      PLENTY,
    );
    expect(entries.count(filter)).toBe(gone.length);
    expect(entries.purge(filter).sort()).toEqual(gone.map(hash).sort());
    const left = ["a", "b", "c"].filter((name) => entries.get(hash(name), NOW));
    expect(left).toEqual(["a", "b", "c"].filter((name) => !gone.includes(name)));
  });

  test("nothing of it stays in the file", async () => {
    entries.put([rowOf("a", { text: "Zanzibar", answer: '"Zanzibar"' })], PLENTY);
    entries.purge({ text: "Zanzibar" });
    for (const file of ["cache.db", "cache.db-wal"])
      expect(await Bun.file(`${directory}/${file}`).text()).not.toContain("Zanzibar");
  });
});

test("notes are kept by name", () => {
  noteQueries(open()).set({ a: "1", b: "2" });
  noteQueries(open()).set({ b: "3" });
  expect(noteQueries(open()).all()).toEqual({ a: "1", b: "3" });
});
