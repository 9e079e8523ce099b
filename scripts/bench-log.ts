/**
 * `bun scripts/bench-log.ts [rows] [directory]`: fills a request log and prints how long the dashboard's questions to it
 * take and what a row costs on disk. 5 million rows of the last 30 days by default, in a directory that is removed
 * afterwards; takes a few minutes and 2 GB. Exit code 1 when a question takes 200 ms or a row 400 bytes.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import type { RequestContent, RequestRow } from "../src/store/ports.ts";
import { openDatabases } from "../src/store/sqlite/databases.ts";
import type { AttemptStatsQuery, StatsQuery } from "../src/store/stats-ports.ts";
import { seededRandom } from "../test/support/seeded-random.ts";

const QUERY_LIMIT_MS = 200;
const ROW_LIMIT_BYTES = 400;
const BATCH_ROWS = 500;
const REPEATS = 5;
const RETENTION_EVERY_ROWS = 20_000;
const DAY_MS = 86_400_000;
const SPAN_MS = 30 * DAY_MS;
/** Of the newest rows some have stored content, as much as a week of a sampled log. */
const CONTENT_ROWS = 50_000;

const MODELS = ["fast", "smart", "cheap", "vision", "code", "long", "eu-only", "gpt-4o"];
const TARGETS = [
  { provider: "openai", model: "gpt-4o-mini" },
  { provider: "claude", model: "claude-sonnet-4-5" },
  { provider: "azure-eu", model: "gpt-4o" },
  { provider: "groq", model: "llama-3.3-70b-versatile" },
] as const;
const KEYS = 50;
const TEAMS = 10;
const WORDS = "invoice delay refund parcel warranty contract meeting budget harbour engine lantern violet".split(" ");

const rows = Number(process.argv[2] ?? 5_000_000);
const given = process.argv[3];
const directory = given ?? mkdtempSync(`${tmpdir()}/evergate-bench-log-`);
const random = seededRandom(7);
const endMs = Date.now();
const startMs = endMs - SPAN_MS;

try {
  process.exitCode = run() ? 0 : 1;
} finally {
  if (given === undefined) rmSync(directory, { recursive: true, force: true });
}

function run(): boolean {
  const { tables, close } = openDatabases(directory);
  const began = performance.now();
  for (let done = 0; done < rows; done += BATCH_ROWS) {
    const batch = Array.from({ length: Math.min(BATCH_ROWS, rows - done) }, (_, index) => row(done + index));
    tables.requests.append(batch);
    // As the running gateway does now and then.
    if (done % RETENTION_EVERY_ROWS === 0) while (tables.stats.deleteExpired(batch[0]!.startedAtMs, 2_000) > 0) {}
    if (done % 500_000 === 0) console.log(`${done} rows after ${seconds(began)}`);
  }
  console.log(`${rows} rows in ${seconds(began)}`);
  close();
  const perRow = statSync(`${directory}/log.db`).size / rows;
  const again = openDatabases(directory);
  const texts = Math.min(CONTENT_ROWS, rows);
  const withContent = performance.now();
  for (let done = 0; done < texts; done += BATCH_ROWS) {
    again.tables.requests.append(
      Array.from({ length: BATCH_ROWS }, (_, index) => ({ ...row(rows + done + index), content: content() })),
    );
  }
  console.log(`${texts} rows with content in ${seconds(withContent)}`);
  const inTime = askAll(again.tables);
  again.close();
  console.log(`\n${perRow.toFixed(0)} bytes a row without content, indexes and sums included`);
  return inTime && perRow < ROW_LIMIT_BYTES;
}

function askAll({ requests, stats }: ReturnType<typeof openDatabases>["tables"]): boolean {
  const list = (filter: Parameters<typeof requests.list>[0]) => requests.list(filter, { limit: 50 }).data.length;
  const read = (query: Partial<StatsQuery> & { spanMs: number }) =>
    stats.read({ fromMs: endMs - query.spanMs, toMs: endMs, groupBy: [], ...query }).rows.length;
  const attempts = (query: Partial<AttemptStatsQuery> & { spanMs: number }) =>
    stats.attempts({ fromMs: endMs - query.spanMs, toMs: endMs, groupBy: [], ...query }).rows.length;
  const questions: [string, () => number][] = [
    ["list: newest", () => list({})],
    ["list: a model", () => list({ model: "fast" })],
    ["list: a key and a status class", () => list({ key: "key-7", status: "5xx" })],
    ["list: a team's failovers", () => list({ team: "team-3", failover: true })],
    ["list: cache hits of a provider", () => list({ provider: "groq", cache: "exact" })],
    ["list: a day three weeks ago", () => list({ fromMs: endMs - 22 * DAY_MS, toMs: endMs - 21 * DAY_MS })],
    ["list: a model that answered never", () => list({ model: "none-such" })],
    ["list: a common word in the content", () => list({ text: "refund" })],
    ["list: a word that is nowhere", () => list({ text: "zeppelin" })],
    ["stats: last hour by the minute", () => read({ spanMs: 3_600_000, bucket: "minute" })],
    ["stats: last day by the minute", () => read({ spanMs: DAY_MS, bucket: "minute" })],
    ["stats: last day by minute and provider", () => read({ spanMs: DAY_MS, bucket: "minute", groupBy: ["provider"] })],
    ["stats: last week by hour and model", () => read({ spanMs: 7 * DAY_MS, bucket: "hour", groupBy: ["model"] })],
    [
      "stats: 31 days by hour and provider",
      () => read({ spanMs: 31 * DAY_MS - 3_600_000, bucket: "hour", groupBy: ["provider"] }),
    ],
    ["stats: 31 days by day and key", () => read({ spanMs: 31 * DAY_MS, bucket: "day", groupBy: ["key"] })],
    ["stats: last day by hour and team", () => read({ spanMs: DAY_MS, bucket: "hour", groupBy: ["team"] })],
    ["stats: 31 days by team, one row each", () => read({ spanMs: 32 * DAY_MS, groupBy: ["team"] })],
    [
      "stats: 31 days in all, by status and failover",
      () => read({ spanMs: 31 * DAY_MS - 3_600_000, groupBy: ["status", "failover"] }),
    ],
    [
      "attempts: last day by minute and provider",
      () => attempts({ spanMs: DAY_MS, bucket: "minute", groupBy: ["provider"] }),
    ],
    [
      "attempts: 30 days by hour, what went where",
      () => attempts({ spanMs: 30 * DAY_MS, bucket: "hour", groupBy: ["target", "outcome", "to"] }),
    ],
    ["stats: a year by the day, a model", () => read({ spanMs: 365 * DAY_MS, bucket: "day", model: "fast" })],
  ];
  let slowest = 0;
  console.log("\n| question | rows | median ms | worst ms |\n|---|---|---|---|");
  for (const [what, ask] of questions) {
    const times: number[] = [];
    let found = 0;
    for (let n = 0; n < REPEATS; n++) {
      const began = performance.now();
      found = ask();
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    slowest = Math.max(slowest, times.at(-1)!);
    console.log(`| ${what} | ${found} | ${times[REPEATS >> 1]!.toFixed(1)} | ${times.at(-1)!.toFixed(1)} |`);
  }
  return slowest < QUERY_LIMIT_MS;
}

function row(n: number): RequestRow {
  const startedAtMs = startMs + Math.floor((SPAN_MS / (rows + CONTENT_ROWS)) * n);
  const key = Math.floor(random() ** 2 * KEYS);
  const model = MODELS[Math.floor(random() ** 2 * MODELS.length)]!;
  const first = TARGETS[MODELS.indexOf(model) % TARGETS.length]!;
  const failover = random() < 0.03;
  const answering = failover ? TARGETS[(TARGETS.indexOf(first) + 1) % TARGETS.length]! : first;
  const status = random() < 0.97 ? 200 : random() < 0.5 ? 429 : 502;
  const firstContentMs = 150 + random() ** 3 * 3_000;
  const usage = {
    input: Math.floor(random() * 4_000),
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: Math.floor(random() * 800),
    reasoning: 0,
  };
  const costNanoUsd = usage.input * 150 + usage.output * 600;
  const attempt = (target: (typeof TARGETS)[number], failed: boolean) => ({
    target: `${target.provider}/${target.model}`,
    provider: target.provider,
    model: target.model,
    key: "key-1",
    kind: failed || !failover ? ("first" as const) : ("failover" as const),
    startMs: 0.4,
    headMs: firstContentMs - 20,
    firstContentMs,
    totalMs: firstContentMs + 900,
    outcome: failed ? ("failed" as const) : ("ok" as const),
    status: failed ? 503 : 200,
    ...(failed
      ? { class: "overloaded" as const, reason: "server" as const, error: "Service Unavailable" }
      : { usage, costNanoUsd }),
  });
  return {
    id: `req_${startedAtMs.toString(16).padStart(12, "0")}${Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(12, "0")}`,
    startedAtMs,
    operation: "chat",
    dialect: "openai-chat",
    keyId: `key_${String(key).padStart(12, "0")}`,
    keyName: `key-${key}`,
    team: `team-${key % TEAMS}`,
    customer: null,
    user: null,
    model,
    provider: answering.provider,
    target: `${answering.provider}/${answering.model}`,
    stream: random() < 0.7,
    status,
    code: status === 200 ? null : status === 429 ? "rate_limited" : "upstream_error",
    source: status === 200 ? null : "upstream",
    error: status === 200 ? null : "Every target failed.",
    finish: status === 200 ? "stop" : null,
    failover,
    cache: random() < 0.1 ? "exact" : "miss",
    cacheScore: null,
    attempts: failover ? [attempt(first, true), attempt(answering, false)] : [attempt(answering, status !== 200)],
    warnings: [],
    usage,
    costNanoUsd,
    totalMs: firstContentMs + 900,
    firstContentMs,
    overheadMs: 0.4 + random(),
    queuedMs: 0,
    tags: null,
    session: null,
    explanation: null,
  };
}

function content(): RequestContent {
  const text = (words: number) =>
    Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
  return { request: `user: ${text(100)}`, answer: text(60) };
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1_000).toFixed(0)} s`;
}
