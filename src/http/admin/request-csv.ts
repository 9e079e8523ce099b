/** Rows of the request log as CSV (RFC 4180): what fits into a cell; attempts and warnings are in JSON lines. */
import { formatUsd } from "../../canonical/money.ts";
import type { RequestRow } from "../../store/ports.ts";

type Cell = string | number | boolean | null | undefined;

const COLUMNS: Record<string, (row: RequestRow) => Cell> = {
  id: ({ id }) => id,
  started_at: ({ startedAtMs }) => new Date(startedAtMs).toISOString(),
  operation: ({ operation }) => operation,
  dialect: ({ dialect }) => dialect,
  key_id: ({ keyId }) => keyId,
  key: ({ keyName }) => keyName,
  team: ({ team }) => team,
  customer: ({ customer }) => customer,
  user: ({ user }) => user,
  session: ({ session }) => session,
  tags: ({ tags }) => tags && JSON.stringify(tags),
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
  target: ({ target }) => target,
  stream: ({ stream }) => stream,
  status: ({ status }) => status,
  code: ({ code }) => code,
  source: ({ source }) => source,
  error: ({ error }) => error,
  finish: ({ finish }) => finish,
  failover: ({ failover }) => failover,
  attempts: ({ attempts }) => attempts.length,
  cache: ({ cache }) => cache,
  cache_score: ({ cacheScore }) => cacheScore,
  input_tokens: ({ usage }) => usage?.input,
  cache_read_tokens: ({ usage }) => usage?.cacheRead,
  cache_write_tokens: ({ usage }) => usage && usage.cacheWrite5m + usage.cacheWrite1h,
  output_tokens: ({ usage }) => usage?.output,
  reasoning_tokens: ({ usage }) => usage?.reasoning,
  cost_usd: ({ costNanoUsd }) => (costNanoUsd === null ? null : formatUsd(costNanoUsd)),
  total_ms: ({ totalMs }) => totalMs,
  first_content_ms: ({ firstContentMs }) => firstContentMs,
  overhead_ms: ({ overheadMs }) => overheadMs,
  queued_ms: ({ queuedMs }) => queuedMs,
};

export const CSV_HEAD = line(Object.keys(COLUMNS));

export function csvLine(row: RequestRow): string {
  return line(Object.values(COLUMNS).map((cell) => cell(row)));
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

/** Clients choose users, models and tags: a text that a spreadsheet would take for a formula gets a quote before it (OWASP, CSV injection). */
function written(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
