import { formatUsd } from "../canonical/money.ts";
import { GENESIS, ledgerHash } from "../store/ledger-hash.ts";
import type { LedgerReader } from "../store/sqlite/read-ledger.ts";

/**
 * Walks the chain from its first row, and sums up what each budget window was charged. What was cut off at the end is
 * seen by the windows' totals, as long as those windows are kept.
 */
export function verifyLedger(reader: LedgerReader): { fault: boolean; text: string } {
  let previous = GENESIS;
  let position = 0;
  let total = 0;
  const charged = new Map<number, number>();
  for (const row of reader.rows()) {
    position += 1;
    if (row.position !== position) return broken(`row ${position} is missing: the next one there is ${row.position}`);
    const hash = ledgerHash(previous, row);
    if (!Buffer.from(hash).equals(row.hash)) {
      return broken(`row ${position} (request ${row.requestId}) is broken: its content does not match its hash`);
    }
    previous = hash;
    total += row.costNanoUsd;
    for (const window of JSON.parse(row.windows) as number[]) {
      charged.set(window, (charged.get(window) ?? 0) + row.costNanoUsd);
    }
  }
  for (const [window, { budget, spentNanoUsd }] of reader.windowTotals()) {
    const sum = charged.get(window) ?? 0;
    if (sum === spentNanoUsd) continue;
    return broken(
      `budget ${budget} has ${formatUsd(spentNanoUsd)} USD spent, but the ledger's rows for it add up to ${formatUsd(sum)} USD`,
    );
  }
  const head = position === 0 ? "" : `; last hash ${Buffer.from(previous).toString("hex")}`;
  return { fault: false, text: `The ledger is whole: ${position} rows, ${formatUsd(total)} USD${head}.` };
}

function broken(what: string): { fault: boolean; text: string } {
  return { fault: true, text: `The ledger is broken: ${what}.` };
}
