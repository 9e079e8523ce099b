/**
 * The vector index of the semantic cache, measured: `bun scripts/bench/cache-index.ts [--rows N]`. Searches run in this
 * thread, as they do in the embedding worker; the file is what the cache writes. Vectors are random, which is the worst
 * case for the coarse first look: nothing is near anything.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openCacheDatabase } from "../../src/cache/answers/database.ts";
import { entryQueries } from "../../src/cache/answers/queries.ts";
import type { EntryRow } from "../../src/cache/answers/rows.ts";
import { toInt8 } from "../../src/cache/index/quantise.ts";
import { type StoredVector, vectorQueries } from "../../src/cache/index/sqlite-vectors.ts";
import { loadVectorLibrary } from "../../src/cache/index/vector-library.ts";

const { values } = parseArgs({ options: { rows: { type: "string", default: "100000" } } });
const ROWS = Number(values.rows);
const BATCH = 500;
const SEARCHES = 1_000;
const DIMENSIONS = 384;
/** About what a short question takes when it is parsed. */
const QUESTION = JSON.stringify({ version: 1, english: true, clauses: [{ words: "x".repeat(250) }], canonical: "y" });

const CASES = [
  { name: "10,000 rows, one context", rows: Math.min(ROWS, 10_000), contexts: 1, limitMs: 3 },
  { name: `${ROWS} rows, one context`, rows: ROWS, contexts: 1, limitMs: 20 },
  { name: `${ROWS} rows, 50 contexts`, rows: ROWS, contexts: 50, limitMs: 2 },
  { name: `${ROWS} rows, ${ROWS} contexts`, rows: ROWS, contexts: ROWS, limitMs: 2 },
];

console.log("| what | p50 ms | p99 ms | best row found | writes rows/s | MB |\n|---|---|---|---|---|---|");
let failed = false;
for (const { name, rows, contexts, limitMs } of CASES) {
  const directory = mkdtempSync(join(tmpdir(), "evergate-index-"));
  try {
    const result = await measure(directory, rows, contexts);
    failed ||= result.p99 > limitMs;
    const cells = [name, result.p50.toFixed(2), `${result.p99.toFixed(2)} (limit ${limitMs})`, `${result.found} %`];
    console.log(`| ${[...cells, Math.round(result.rowsPerSecond), result.megabytes.toFixed(1)].join(" | ")} |`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
process.exitCode = failed ? 1 : 0;

async function measure(directory: string, rows: number, contexts: number) {
  const path = join(directory, "cache.db");
  const entries = entryQueries(openCacheDatabase(path));
  const database = openCacheDatabase(path);
  await loadVectorLibrary(database, directory);
  const index = vectorQueries(database);
  const bounds = { "": { maxBytes: Number.MAX_SAFE_INTEGER, maxSemantic: rows } };
  const kept: StoredVector[] = [];
  let writingMs = 0;
  for (let at = 0; at < rows; at += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, rows - at) }, (_, i) => vectorRow(at + i, contexts));
    const startMs = performance.now();
    entries.put(
      batch.map(({ key }) => entryRow(key)),
      bounds,
    );
    index.add(batch);
    writingMs += performance.now() - startMs;
    kept.push(...batch.slice(0, Math.ceil((BATCH * SEARCHES) / rows)));
  }
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < SEARCHES; i++) {
    const wanted = kept[i % kept.length]!;
    const asked = nearTo(wanted.vector);
    const startMs = performance.now();
    const [best] = index.search(wanted.context, asked, 5, 0);
    times.push(performance.now() - startMs);
    if (best?.key === wanted.key) found += 1;
  }
  times.sort((a, b) => a - b);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  return {
    p50: times[SEARCHES / 2]!,
    p99: times[Math.floor(SEARCHES * 0.99)]!,
    found: Math.round((1_000 * found) / SEARCHES) / 10,
    rowsPerSecond: rows / (writingMs / 1_000),
    megabytes: statSync(path).size / 1e6,
  };
}

function vectorRow(number: number, contexts: number): StoredVector {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => Math.random() - 0.5);
  return {
    key: hash(`entry ${number}`),
    context: hash(`context ${number % contexts}`),
    vector: textOf(toInt8(vector)),
  };
}

/** The same question in other words: a cosine of about .9. */
function nearTo(base64: string): string {
  const vector = new Int8Array(Uint8Array.fromBase64(base64).buffer);
  return textOf(toInt8(Float32Array.from(vector, (value) => value + (Math.random() - 0.5) * 120)));
}

function entryRow(key: string): EntryRow {
  return {
    key,
    space: "",
    model: "fast",
    keyId: "key_1",
    keyName: "ci",
    text: "How do I reset my password?",
    answer: JSON.stringify({ id: "a", model: "m", choices: [{ message: { content: "x".repeat(200) } }] }),
    origin: "{}",
    storedAtMs: 1,
    exactUntilMs: Number.MAX_SAFE_INTEGER,
    semanticUntilMs: Number.MAX_SAFE_INTEGER,
    canonical: hash(`canonical ${key}`),
    question: QUESTION,
  };
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}

function textOf(vector: Int8Array): string {
  return new Uint8Array(vector.buffer).toBase64();
}
