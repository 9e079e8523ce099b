import type { CallRecord } from "../../../src/canonical/record.ts";
import type { AlertRow, AlertsPort } from "../../../src/store/alert-ports.ts";
import { type AlertOptions, type AlertRule, openAlerts } from "../../../src/telemetry/alerts/alerts.ts";
import { parseCondition } from "../../../src/telemetry/alerts/condition.ts";
import type { AlertSources } from "../../../src/telemetry/alerts/measure.ts";
import { parseQuiet } from "../../../src/telemetry/alerts/quiet.ts";
import { collectingLog } from "../../support/collecting-log.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { simulatedClock } from "../../support/simulated-clock.ts";
import { closedRecord, failedOverRecord } from "../support.ts";

export function ruleOf(when: string, over: Partial<Omit<AlertRule, "quiet">> & { quiet?: string } = {}): AlertRule {
  const parsed = parseCondition(when);
  if ("fault" in parsed) throw new Error(parsed.fault);
  const { quiet, ...rest } = over;
  const hours = quiet === undefined ? null : parseQuiet(quiet)!;
  return {
    name: when,
    when,
    condition: parsed.condition,
    to: ["slack"],
    model: null,
    eval: null,
    ...rest,
    quiet: hours,
  };
}

/** Keeps rows as a store does: as JSON. */
export function memoryStore() {
  const rows = new Map<string, { row: string; open: boolean }>();
  const store: AlertsPort & { rows: typeof rows } = {
    rows,
    put: async (row, open) => void rows.set(row.id, { row: JSON.stringify(row), open }),
    open: async () => [...rows.values()].filter(({ open }) => open).map(({ row }) => JSON.parse(row) as AlertRow),
    list: async () => ({ data: [...rows.values()].map(({ row }) => JSON.parse(row) as AlertRow), next: null }),
    deleteBefore: async () => 0,
  };
  return store;
}

const NO_CHANNELS = { teams: null, pagerduty: null, webhook: null, email: null };

/** Alerts on a simulated clock, whose only channel is a Slack that a test answers for. */
export async function alerts(
  rules: readonly AlertRule[],
  over: { store?: AlertsPort; sources?: Partial<AlertSources> } = {},
) {
  const clock = simulatedClock();
  const log = collectingLog();
  const sent: string[] = [];
  let answer = () => new Response("ok");
  const store = over.store ?? memoryStore();
  const opened = await openAlerts({
    clock,
    random: seededRandom(1),
    log: log.log,
    store,
    fetch: async (_url, { body }) => {
      const response = answer();
      if (response.ok) sent.push((JSON.parse(String(body)) as { text: string }).text.split("\n")[0]!);
      return response;
    },
    sources: { targets: () => [], budgets: () => [], ledgerQueueLength: () => 0, ...over.sources },
  });
  const options = (next: readonly AlertRule[]): AlertOptions => ({
    ...NO_CHANNELS,
    slack: { webhook: "http://slack.test/secret" },
    rules: next,
    link: null,
  });
  opened.configure(options(rules));
  const call = (record: CallRecord) => opened.sink(record);
  return {
    ...opened,
    clock,
    log,
    sent,
    store,
    good: (over: Partial<CallRecord> = {}) => call(closedRecord(over)),
    failedOver: (over: Partial<CallRecord> = {}) => call(failedOverRecord(over)),
    call,
    answerWith: (next: () => Response) => {
      answer = next;
    },
    reconfigure: (next: readonly AlertRule[]) => opened.configure(options(next)),
    /** Lets so many seconds pass, with something done in each. */
    async seconds(count: number, each: () => void = () => {}) {
      for (let second = 0; second < count; second++) {
        each();
        await clock.advance(1_000);
      }
    },
  };
}
