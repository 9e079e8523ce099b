import type { Clock, Log } from "../canonical/deps.ts";
import type { CallRecord, RecordSink } from "../canonical/record.ts";
import { createBatch } from "../store/batch.ts";
import type { ExpiringPort, RequestLogPort } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import { requestRow } from "./request-row.ts";

export interface RequestLogOptions {
  clock: Clock;
  log: Log;
  /** Rows older than this are deleted. */
  keepDays: number;
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
export function createRequestLog(port: RequestLogPort & ExpiringPort, options: RequestLogOptions): RequestLog {
  const { clock, log, keepDays } = options;
  const batch = createBatch<CallRecord>({
    what: "request log rows",
    write: (records) => port.append(records.map(requestRow)),
    clock,
    log,
  });
  const stopRetention = startRetention({ port, keepDays, clock, log });
  return {
    sink: (record) => void batch.add(record),
    flush: batch.flush,
    async close() {
      stopRetention();
      try {
        await batch.flush();
      } catch (error) {
        log("error", `${batch.size()} request log rows could not be written before the end.`, { error });
      }
    },
  };
}
