import { expect, test } from "bun:test";
import { BATCH_MAX_DELAY_MS } from "../../src/store/batch.ts";
import type { RequestRow } from "../../src/store/ports.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { createContentKeeper } from "../../src/telemetry/content/keep-content.ts";
import { createRequestLog } from "../../src/telemetry/request-log.ts";
import { requestRow } from "../../src/telemetry/request-row.ts";
import { temporaryDirectory } from "../store/support.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { closedRecord, failedOverRecord, UPSTREAM_DOWN } from "./support.ts";

const OPTIONS = { keepDays: 30, contentKeepDays: 7, contents: createContentKeeper() };

test("closed calls are in the log a moment later, and all of them once it is closed", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  const clock = simulatedClock();
  const requestLog = createRequestLog(store, { ...OPTIONS, clock, log: collectingLog().log });
  requestLog.sink({ ...closedRecord(), id: "req_1" });
  expect(await store.requests.get("req_1")).toBeNull();
  await clock.advance(BATCH_MAX_DELAY_MS);
  expect(await store.requests.get("req_1")).toMatchObject({ id: "req_1", target: "openai/gpt-4o", status: 200 });
  requestLog.sink({ ...failedOverRecord(), id: "req_2" });
  await requestLog.close();
  expect(await store.requests.get("req_2")).toEqual(requestRow({ ...failedOverRecord(), id: "req_2" }));
  await store.close();
});

test("rows that the store refuses at the end are counted in the log, and closing still ends", async () => {
  using directory = temporaryDirectory();
  const store = await openStore({ path: directory.path });
  await store.close();
  const { log, messages } = collectingLog();
  const requestLog = createRequestLog(store, { ...OPTIONS, clock: simulatedClock(), log });
  requestLog.sink(closedRecord());
  await requestLog.close();
  expect(messages("error")).toEqual(["1 request log rows could not be written before the end."]);
});

const explained = [{ strategy: "fallback", seed: 1, candidates: [{ target: "a/b" }] }];
const rows: [string, Parameters<typeof closedRecord>[0], Partial<RequestRow>][] = [
  [
    "an ordinary call",
    {},
    {
      keyId: "key_1",
      keyName: "ci",
      team: "search",
      customer: null,
      provider: "openai",
      target: "openai/gpt-4o",
      status: 200,
      code: null,
      failover: false,
      explanation: null,
      finish: "stop",
      totalMs: 900,
      firstContentMs: 400,
    },
  ],
  ["its overhead ends at the first content", { waitedMs: 390, queuedMs: 4 }, { overheadMs: 6, queuedMs: 4 }],
  ["without content it ends with the call", { firstContentMs: undefined, waitedMs: 890 }, { overheadMs: 10 }],
  ["and is never negative", { waitedMs: 401 }, { overheadMs: 0 }],
  [
    "a failed call names the last target it tried",
    { outcome: UPSTREAM_DOWN, answeredBy: undefined, decisions: explained },
    {
      status: 502,
      code: "upstream_error",
      source: "upstream",
      error: "Every target failed.",
      target: "openai/gpt-4o",
      explanation: explained,
    },
  ],
  [
    "a call refused before anything was known",
    {
      principal: undefined,
      attempts: [],
      answeredBy: undefined,
      model: undefined,
      stream: undefined,
      usage: undefined,
    },
    { keyId: null, model: null, provider: null, target: null, stream: false, usage: null },
  ],
  ["an explanation is kept when the client asked", { explain: true, decisions: explained }, { explanation: explained }],
  ["and not for an ordinary call", { decisions: explained }, { explanation: null }],
  [
    "what clients choose is cut to a bounded length",
    { user: "u".repeat(5_000), session: "s", model: "m".repeat(5_000), tags: { t: "v".repeat(5_000) } },
    { user: `${"u".repeat(199)}…`, session: "s", model: `${"m".repeat(199)}…`, tags: { t: `${"v".repeat(199)}…` } },
  ],
  ["a hit of the cache", { cache: { status: "semantic", score: 0.98 } }, { cache: "semantic", cacheScore: 0.98 }],
];
test.each(rows)("row: %s", (_, over, expected) => expect(requestRow(closedRecord(over))).toMatchObject(expected));

test("moving to another target is a failover, a retry or a hedge that nobody needed is none", () => {
  expect(requestRow(failedOverRecord()).failover).toBe(true);
  const [first, second] = failedOverRecord().attempts;
  const flags = (attempts: RequestRow["attempts"]) => requestRow(closedRecord({ attempts })).failover;
  expect(flags([first!, { ...first!, kind: "retry", startMs: 2, outcome: "ok" }])).toBe(false);
  expect(
    flags([
      { ...first!, outcome: "ok" },
      { ...second!, kind: "hedge", outcome: "cancelled" },
    ]),
  ).toBe(false);
  // A stream that broke after its content went on elsewhere.
  expect(flags([first!, { ...second!, kind: "continuation" }])).toBe(true);
});
