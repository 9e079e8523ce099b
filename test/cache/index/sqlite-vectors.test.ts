import type { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { openCacheDatabase } from "../../../src/cache/answers/database.ts";
import { entryQueries } from "../../../src/cache/answers/queries.ts";
import { toBits, toInt8 } from "../../../src/cache/index/quantise.ts";
import { vectorQueries } from "../../../src/cache/index/sqlite-vectors.ts";
import { loadVectorLibrary } from "../../../src/cache/index/vector-library.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { hash, rowOf } from "../rows.ts";

let directory: string;
let database: Database;
let entries: ReturnType<typeof entryQueries>;
let index: ReturnType<typeof vectorQueries>;
const PLENTY = { "": { maxBytes: 1e9, maxSemantic: 1e9 } };

beforeEach(async () => {
  directory = mkdtempSync(`${tmpdir()}/evergate-vectors-`);
  // Two connections, as in the product: one owns entries, the other one vectors.
  entries = entryQueries(openCacheDatabase(`${directory}/cache.db`));
  database = openCacheDatabase(`${directory}/cache.db`);
  await loadVectorLibrary(database, directory);
  index = vectorQueries(database);
});
afterEach(() => rmSync(directory, { recursive: true }));

const random = seededRandom(1);
const randomVector = () => Float32Array.from({ length: 384 }, () => random() - 0.5);
const text = (vector: Float32Array) => new Uint8Array(toInt8(vector).buffer).toBase64();
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

/** Entries with random vectors in one context; their vectors by name. */
function fill(context: string, count: number): Map<string, Float32Array> {
  const vectors = new Map(Array.from({ length: count }, (_, i) => [`${context} ${i}`, randomVector()]));
  entries.put(
    [...vectors.keys()].map((name) => rowOf(name, { canonical: hash(`canonical ${name}`) })),
    PLENTY,
  );
  index.add([...vectors].map(([name, vector]) => ({ key: hash(name), context: hash(context), vector: text(vector) })));
  return vectors;
}

const search = (context: string, vector: Float32Array, limit = 5) =>
  index.search(hash(context), text(vector), limit, 1_000);
const numberOf = (sql: string) => Number(database.query(sql).values()[0]![0]);

describe.each([
  ["scanned", 200],
  ["indexed", 600],
])("a context of many vectors, %s", (_way, count) => {
  test("finds what is nearest, with its cosine to a thousandth", () => {
    const vectors = fill("a", count);
    for (const name of ["a 0", "a 7", `a ${count - 1}`]) {
      const asked = vectors.get(name)!.map((value) => value + (random() - 0.5) * 0.5);
      const [best, second] = search("a", asked);
      expect(best!.key).toBe(hash(name));
      expect(best!.cosine).toBeCloseTo(cosine(asked, vectors.get(name)!), 2);
      expect(best!.cosine).toBeGreaterThan(second!.cosine);
    }
  });

  test("no other context's vector is ever found, the same one neither", () => {
    const vectors = fill("a", count);
    fill("b", count);
    const own = new Set([...vectors.keys()].map(hash));
    for (const vector of [...vectors.values()].slice(0, 20)) {
      expect(search("b", vector).filter(({ key }) => own.has(key))).toEqual([]);
      expect(search("c", vector)).toEqual([]);
    }
  });

  test("what was deleted is not found, and nothing is left of it", () => {
    const vectors = fill("a", count);
    entries.purge({ id: hash("a 3") });
    expect(search("a", vectors.get("a 3")!).map(({ key }) => key)).not.toContain(hash("a 3"));
    index.tidy();
    const indexed = count > 256 ? count - 1 : 0;
    expect(numberOf("SELECT count(*) FROM vectors")).toBe(count - 1);
    expect(numberOf("SELECT count(*) FROM vector_bits")).toBe(indexed);
    entries.purge({ key: "ci" });
    index.tidy();
    const left = ["vectors", "vector_bits", "contexts", "removed"].map((table) =>
      numberOf(`SELECT count(*) FROM ${table}`),
    );
    expect(left).toEqual([0, 0, 0, 0]);
  });

  test("what has expired is not found", () => {
    const vectors = fill("a", count);
    expect(index.search(hash("a"), text(vectors.get("a 1")!), 5, 10_000)).toEqual([]);
  });
});

test("a vector whose entry has gone is not added", () => {
  index.add([{ key: hash("gone"), context: hash("a"), vector: text(randomVector()) }]);
  expect(numberOf("SELECT count(*) FROM vectors")).toBe(0);
});

test("an entry that lost its meaning to maxEntries loses its vector too", () => {
  fill("a", 3);
  entries.put([rowOf("b", { canonical: hash("cb") })], { "": { maxBytes: 1e9, maxSemantic: 2 } });
  expect(numberOf("SELECT count(*) FROM vectors")).toBe(1);
});

test("the file opens again with what it holds, also where the vector library is not loaded", async () => {
  const vectors = fill("a", 300);
  database.close();
  const again = openCacheDatabase(`${directory}/cache.db`);
  entryQueries(again).purge({ id: hash("a 5") });
  await loadVectorLibrary(again, directory);
  const reopened = vectorQueries(again);
  reopened.tidy();
  const found = reopened.search(hash("a"), text(vectors.get("a 6")!), 1, 1_000);
  expect(found.map(({ key }) => key)).toEqual([hash("a 6")]);
});

test("quantised vectors use the whole byte, and a zero vector is no trap", () => {
  expect(toInt8(new Float32Array([0.05, -0.1, 0]))).toEqual(new Int8Array([64, -127, 0]));
  expect(toInt8(new Float32Array([0, 0]))).toEqual(new Int8Array([0, 0]));
  expect(toBits(new Int8Array([1, -1, 0, 2, 0, 0, 0, 0, 3]))).toEqual(new Uint8Array([0b1001, 1]));
});
