import { formatUsd } from "../canonical/money.ts";
import type { StoredLedgerRow } from "../store/sqlite/read-ledger.ts";
import { unpackUsage } from "../store/usage-array.ts";

export const FORMATS = ["jsonl", "csv"] as const;
export type LedgerFormat = (typeof FORMATS)[number];

/** One row as people and programs read it: times RFC 3339, money as decimal text of USD. */
function exported(row: StoredLedgerRow) {
  const used = unpackUsage(row.usage);
  return {
    position: row.position,
    at: new Date(row.atMs).toISOString(),
    request_id: row.requestId,
    attempt: row.attempt,
    key_id: row.keyId,
    key: row.keyName,
    team: row.team,
    customer: row.customer,
    user: row.user,
    model: row.model,
    provider: row.provider,
    target: `${row.provider}/${row.targetModel}`,
    cost_usd: formatUsd(row.costNanoUsd),
    input_tokens: used.input,
    cache_read_tokens: used.cacheRead,
    cache_write_5m_tokens: used.cacheWrite5m,
    cache_write_1h_tokens: used.cacheWrite1h,
    output_tokens: used.output,
    reasoning_tokens: used.reasoning,
    audio_input_tokens: used.audioInput,
    audio_output_tokens: used.audioOutput,
    searches: used.searches,
    estimated: row.estimated,
    hash: Buffer.from(row.hash).toString("hex"),
  };
}

const COLUMNS = [
  "position",
  "at",
  "request_id",
  "attempt",
  "key_id",
  "key",
  "team",
  "customer",
  "user",
  "model",
  "provider",
  "target",
  "cost_usd",
  "input_tokens",
  "cache_read_tokens",
  "cache_write_5m_tokens",
  "cache_write_1h_tokens",
  "output_tokens",
  "reasoning_tokens",
  "audio_input_tokens",
  "audio_output_tokens",
  "searches",
  "estimated",
  "hash",
] as const satisfies readonly (keyof ReturnType<typeof exported>)[];

export function exportRow(format: LedgerFormat): { header: string; line(row: StoredLedgerRow): string } {
  if (format === "jsonl") return { header: "", line: (row) => `${JSON.stringify(exported(row))}\n` };
  return {
    header: `${COLUMNS.join(",")}\r\n`,
    line(row) {
      const values = exported(row);
      return `${COLUMNS.map((column) => csv(values[column])).join(",")}\r\n`;
    },
  };
}

/** RFC 4180. A text that a spreadsheet would run as a formula is marked as text: end users choose their names. */
function csv(value: string | number | boolean | null): string {
  if (value === null) return "";
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
