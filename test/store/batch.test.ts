import { describe, expect, test } from "bun:test";
import {
  BATCH_MAX_DELAY_MS,
  BATCH_MAX_ITEMS,
  BATCH_MAX_QUEUED,
  BATCH_RETRY_MS,
  createBatch,
} from "../../src/store/batch.ts";
import { RETENTION_BATCH_ROWS, RETENTION_EVERY_MS, startRetention } from "../../src/store/retention.ts";
import { openStore } from "../../src/store/sqlite/store.ts";
import { collectingLog } from "../support/collecting-log.ts";
import { simulatedClock } from "../support/simulated-clock.ts";
import { NOON_MS, rejection, requestRow, temporaryDirectory } from "./support.ts";

/** A store whose writes end when the test says so. */
function slowStore() {
  const clock = simulatedClock();
  const { log, messages } = collectingLog();
  const writes: { items: readonly number[]; end(error?: Error): Promise<void> }[] = [];
  const batch = createBatch<number>({
    what: "rows",
    clock,
    log,
    write: (items) =>
      new Promise((resolve, reject) => {
        const end = async (error?: Error) => {
          if (error) reject(error);
          else resolve();
          await clock.advance(0);
        };
        writes.push({ items: [...items], end });
      }),
  });
  return { clock, messages, writes, batch };
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n);

describe("a batch", () => {
  test("is written when its first item is old enough", async () => {
    const { clock, writes, batch } = slowStore();
    batch.add(1);
    await clock.advance(BATCH_MAX_DELAY_MS - 1);
    batch.add(2);
    expect(writes).toHaveLength(0);
    await clock.advance(1);
    expect(writes.map(({ items }) => items)).toEqual([[1, 2]]);
  });

  test("is written at once when it is full, and what came meanwhile after it, in order", async () => {
    const { clock, writes, batch } = slowStore();
    for (const n of numbers(BATCH_MAX_ITEMS)) batch.add(n);
    expect(writes).toHaveLength(1);
    for (const n of numbers(BATCH_MAX_ITEMS + 1, BATCH_MAX_ITEMS)) batch.add(n);
    await clock.advance(10 * BATCH_MAX_DELAY_MS);
    expect(writes).toHaveLength(1);
    for (let write = 0; write < 3; write++) {
      await writes[write]!.end();
      await clock.advance(BATCH_MAX_DELAY_MS);
    }
    expect(writes.flatMap(({ items }) => items)).toEqual(numbers(2 * BATCH_MAX_ITEMS + 1));
    expect([batch.size(), clock.pending()]).toEqual([0, 0]);
  });

  test("that cannot be written waits and is written again whole; one warning, and one line when it works again", async () => {
    const { clock, messages, writes, batch } = slowStore();
    batch.add(1);
    await clock.advance(BATCH_MAX_DELAY_MS);
    await writes[0]!.end(new Error("disk full"));
    batch.add(2);
    await clock.advance(BATCH_RETRY_MS);
    await writes[1]!.end(new Error("disk full"));
    await clock.advance(BATCH_RETRY_MS);
    await writes[2]!.end();
    expect(writes.map(({ items }) => items)).toEqual([[1], [1, 2], [1, 2]]);
    expect(messages("warn")).toHaveLength(1);
    expect(messages("info")).toEqual(["Writing rows works again; none were lost."]);
    expect(batch.size()).toBe(0);
  });

  test("that grows past its bound takes no more, counts, warns once, and tells the count afterwards", async () => {
    const { clock, messages, writes, batch } = slowStore();
    const taken = numbers(BATCH_MAX_QUEUED + 30).map((n) => batch.add(n));
    expect(taken.filter((was) => !was)).toHaveLength(30);
    expect([batch.size(), batch.dropped()]).toEqual([BATCH_MAX_QUEUED, 30]);
    expect(messages("warn")).toEqual(["Too many rows wait to be written; new ones are dropped."]);
    await writes[0]!.end();
    expect(messages("warn").at(-1)).toBe("30 rows were dropped.");
    expect(batch.add(-1)).toBe(true);
    for (let write = 1; batch.size() > 0; write++) {
      await clock.advance(BATCH_MAX_DELAY_MS);
      await writes[write]!.end();
    }
    expect(
      Bun.deepEquals(
        writes.flatMap(({ items }) => items),
        [...numbers(BATCH_MAX_QUEUED), -1],
      ),
    ).toBe(true);
  });

  test("is flushed: resolves when everything added before is written, whatever is added meanwhile", async () => {
    const { writes, batch } = slowStore();
    for (const n of numbers(BATCH_MAX_ITEMS + 5)) batch.add(n);
    let flushed = false;
    const flush = batch.flush().then(() => {
      flushed = true;
    });
    batch.add(-1);
    await writes[0]!.end();
    expect(flushed).toBe(false);
    await writes[1]!.end();
    await flush;
    expect(writes.flatMap(({ items }) => items)).toEqual([...numbers(BATCH_MAX_ITEMS + 5), -1]);
    await batch.flush();
  });

  test("whose flush fails tells so and keeps its items", async () => {
    const { clock, writes, batch } = slowStore();
    batch.add(1);
    const failure = rejection(batch.flush());
    await writes[0]!.end(new Error("disk full"));
    expect(await failure).toMatchObject({ message: "disk full" });
    expect(batch.size()).toBe(1);
    await clock.advance(BATCH_RETRY_MS);
    await writes[1]!.end();
    expect(batch.size()).toBe(0);
  });
});

describe("retention", () => {
  const DAY_MS = 86_400_000;

  test("deletes in small steps what is older than its days, then looks again from time to time", async () => {
    using directory = temporaryDirectory();
    const store = await openStore({ path: directory.path });
    const old = Array.from({ length: RETENTION_BATCH_ROWS + 10 }, (_, n) => requestRow(n));
    await store.requests.append(old);
    await store.requests.append([requestRow(9_999, { startedAtMs: NOON_MS + DAY_MS })]);
    const clock = simulatedClock(NOON_MS + 30 * DAY_MS + 60_000);
    const steps: Promise<number>[] = [];
    const port = {
      deleteBefore(beforeMs: number, limit: number) {
        const step = store.requests.deleteBefore(beforeMs, limit);
        steps.push(step);
        return step;
      },
    };
    const stop = startRetention({ port, keepDays: 30, clock, log: collectingLog().log });
    expect(await steps[0]).toBe(RETENTION_BATCH_ROWS);
    await clock.advance(1_000);
    expect(await steps[1]).toBe(10);
    await clock.advance(RETENTION_EVERY_MS);
    expect(await steps[2]).toBe(0);
    expect((await store.requests.list({}, { limit: 10 })).data.map((row) => row.startedAtMs)).toEqual([
      NOON_MS + DAY_MS,
    ]);
    await clock.advance(DAY_MS);
    expect(await steps.at(-1)).toBe(0);
    await clock.advance(RETENTION_EVERY_MS);
    expect(await steps.at(-1)).toBe(1);
    stop();
    expect(clock.pending()).toBe(0);
    await store.close();
  });

  test("that fails warns and tries again later", async () => {
    const clock = simulatedClock();
    const { log, messages } = collectingLog();
    let calls = 0;
    const port = { deleteBefore: () => (++calls === 1 ? Promise.reject(new Error("busy")) : Promise.resolve(0)) };
    const stop = startRetention({ port, keepDays: 1, clock, log });
    await clock.advance(RETENTION_EVERY_MS);
    expect(calls).toBe(2);
    expect(messages("warn")).toHaveLength(1);
    stop();
    await clock.advance(RETENTION_EVERY_MS * 3);
    expect(calls).toBe(2);
  });
});
