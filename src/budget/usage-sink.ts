import type { CallRecord, RecordSink } from "../canonical/record.ts";
import { addUsage, type Usage } from "../canonical/usage.ts";
import type { LedgerWriter } from "./ledger-writer.ts";

/**
 * Counts every call that reached an upstream or was answered. What its attempts cost comes from the ledger, so that
 * reports and ledger cannot differ; only what attempts without a price used is added here.
 */
export function usageSink(ledger: LedgerWriter): RecordSink {
  return (record) => {
    const { principal, model, attempts, outcome } = record;
    if (!principal || model === undefined || (attempts.length === 0 && !outcome?.ok)) return;
    ledger.count({
      atMs: Math.floor(record.startedAtMs),
      team: principal.team ?? null,
      model,
      provider: record.answeredBy?.provider ?? attempts.at(-1)?.provider ?? null,
      keyName: principal.kind === "key" ? principal.name : null,
      customer: principal.customer ?? null,
      tags: record.tags ?? null,
      usage: unpriced(record),
    });
  };
}

function unpriced({ attempts }: CallRecord): Usage | null {
  let sum: Usage | null = null;
  for (const { usage, costNanoUsd } of attempts) if (usage && !costNanoUsd) sum = sum ? addUsage(sum, usage) : usage;
  return sum;
}
