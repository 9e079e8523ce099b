import { expect, test } from "bun:test";
import { runSchedule, type ScheduleReport } from "./simulation.ts";

/** More by `EVERGATE_SCHEDULES=20000 bun test test/router/simulation.test.ts`. */
const SCHEDULES = Number(process.env["EVERGATE_SCHEDULES"] ?? 400);

test(`${SCHEDULES} random schedules keep the router's laws, and meet everything that the laws are about`, async () => {
  const sums: Partial<ScheduleReport["met"]> = {};
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    let report: ScheduleReport;
    try {
      report = await runSchedule(seed);
    } catch (cause) {
      throw new Error(`schedule ${seed} broke a law`, { cause });
    }
    for (const [name, count] of Object.entries(report.met))
      sums[name as keyof typeof sums] = (sums[name as keyof typeof sums] ?? 0) + count;
  }
  for (const count of Object.values(sums)) expect(count).toBeGreaterThan(20);
}, 600_000);

test("a schedule is the same every time", async () => {
  const shape = (report: ScheduleReport) =>
    report.outcomes.map(({ text, error, record, endedMs }) => ({ text, error, endedMs, attempts: record.attempts }));
  expect(shape(await runSchedule(7))).toEqual(shape(await runSchedule(7)));
});
