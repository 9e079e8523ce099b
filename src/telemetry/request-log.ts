import type { Clock, Log } from "../canonical/deps.ts";
import type { CallRecord, RecordSink } from "../canonical/record.ts";
import { createBatch } from "../store/batch.ts";
import type { ExpiringPort, LogSpacePort, RequestLogPort, RequestRow } from "../store/ports.ts";
import { repeatDeletes, startRetention } from "../store/retention.ts";
import type { StatsPort } from "../store/stats-ports.ts";
import type { ContentKeeper } from "./content/keep-content.ts";
import { requestRow } from "./request-row.ts";

/** What log.db may take on disk, whatever its rows' age: about twenty million rows, or fewer with content. */
const LOG_MAX_BYTES = 10 * 1024 ** 3;

/** Texts sent to the store at once. */
const SEND_MAX_CHARS = 4 * 1024 * 1024;
/** How long texts are read and redacted before calls get their turn. */
const TURN_MS = 4;

export interface RequestLogOptions {
  clock: Clock;
  log: Log;
  /** Rows older than this are deleted. */
  keepDays: number;
  /** Stored content older than this is deleted; never kept longer than its row. */
  contentKeepDays: number;
  /** What was asked and answered, where it is stored. */
  contents: Pick<ContentKeeper, "take" | "drop">;
}

export interface RequestLogStore {
  requests: Pick<RequestLogPort, "append"> & ExpiringPort & LogSpacePort;
  stats: StatsPort;
}

export interface RequestLog {
  /** Only keeps a reference: the row is made and sent with others later. */
  sink: RecordSink;
  /** Resolves when the rows of every call closed before are written; rejects when the store refuses them. */
  flush(): Promise<void>;
  /** Flushes and stops. What the store refuses now is lost and said so in the log. */
  close(): Promise<void>;
}

/** Writes every closed call into the request log, off the hot path. */
export function createRequestLog(store: RequestLogStore, options: RequestLogOptions): RequestLog {
  const { clock, log, contents } = options;
  const batch = createBatch<CallRecord>({
    what: "request log rows",
    write: (records) => write(store.requests, records, options),
    clock,
    log,
  });
  const stopDeleting = startDeleting(store, options);
  return {
    sink(record) {
      if (!batch.add(record)) contents.drop(record);
    },
    flush: batch.flush,
    async close() {
      stopDeleting();
      try {
        await batch.flush();
      } catch (error) {
        log("error", `${batch.size()} request log rows could not be written before the end.`, { error });
      }
    },
  };
}

/** All at once where no content is stored; else as much at a time as neither calls nor the store notice. */
async function write(
  port: Pick<RequestLogPort, "append">,
  records: readonly CallRecord[],
  { clock, contents }: RequestLogOptions,
): Promise<void> {
  let rows: RequestRow[] = [];
  let chars = 0;
  let turnBegan = clock.monotonic();
  for (const record of records) {
    const content = contents.take(record);
    rows.push({ ...requestRow(record), ...(content && { content }) });
    if (!content) continue;
    chars += content.request.length + content.answer.length;
    if (chars >= SEND_MAX_CHARS) {
      // Rows that are there already are left alone, so that a batch may be refused half-way.
      await port.append(rows);
      rows = [];
      chars = 0;
    } else if (clock.monotonic() - turnBegan < TURN_MS) continue;
    else await new Promise<void>((resolve) => void clock.after(0, resolve));
    turnBegan = clock.monotonic();
  }
  if (rows.length > 0) await port.append(rows);
}

function startDeleting({ requests, stats }: RequestLogStore, options: RequestLogOptions): () => void {
  const { clock, log, keepDays } = options;
  const contentKeepDays = Math.min(options.contentKeepDays, keepDays);
  const stops = [
    startRetention({ port: { deleteBefore: requests.deleteContentBefore }, keepDays: contentKeepDays, clock, log }),
    startRetention({ port: requests, keepDays, clock, log }),
    repeatDeletes({ deleteSome: (limit) => requests.deleteBeyond(LOG_MAX_BYTES, limit), clock, log }),
    repeatDeletes({ deleteSome: (limit) => stats.deleteExpired(clock.now(), limit), clock, log }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
