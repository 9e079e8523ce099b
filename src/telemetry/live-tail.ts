/** Closed calls as they come, for whoever watches the log. Costs a comparison a call while nobody does. */
import type { Clock } from "../canonical/deps.ts";
import { GatewayError } from "../canonical/errors.ts";
import type { RecordSink } from "../canonical/record.ts";
import type { RequestFilter, RequestRow } from "../store/ports.ts";
import { requestRow } from "./request-row.ts";

/** Watchers at once. */
export const WATCHERS_MAX = 20;

export interface LiveTail {
  sink: RecordSink;
  /**
   * Calls back with every call from now on that the filter lets pass, in the order of their ends; `fromMs` and `toMs`
   * are not looked at, stored content is not searched. Returns what ends it. Throws GatewayError("overloaded") when
   * too many watch.
   */
  watch(filter: RequestFilter, onRow: (row: RequestRow) => void): () => void;
}

export function createLiveTail(clock: Clock): LiveTail {
  const watchers = new Set<{ filter: RequestFilter; onRow: (row: RequestRow) => void }>();
  return {
    sink(record) {
      if (watchers.size === 0) return;
      // After the client has its last byte.
      clock.after(0, () => {
        const row = requestRow(record);
        for (const { filter, onRow } of watchers) if (passes(row, filter)) onRow(row);
      });
    },
    watch(filter, onRow) {
      if (watchers.size >= WATCHERS_MAX)
        throw new GatewayError("overloaded", `${WATCHERS_MAX} watch the requests already.`);
      const watcher = { filter, onRow };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}

/** As the store's own filters. */
export function passes(row: RequestRow, filter: RequestFilter): boolean {
  const { model, provider, target, key, team, status, failover, cache, text } = filter;
  return (
    (model === undefined || row.model === model) &&
    (provider === undefined || row.provider === provider) &&
    (target === undefined || row.target === target) &&
    (key === undefined || row.keyId === key || row.keyName === key) &&
    (team === undefined || row.team === team) &&
    (status === undefined || hasStatus(row.status, status)) &&
    (failover === undefined || row.failover === failover) &&
    (cache === undefined || row.cache === cache || (cache === "hit" && isHit(row))) &&
    (text === undefined || holds(row, text.toLowerCase()))
  );
}

function isHit({ cache }: RequestRow): boolean {
  return cache === "exact" || cache === "semantic";
}

/** `502`, or `5xx`. */
function hasStatus(status: number, wanted: string): boolean {
  return wanted.endsWith("xx") ? String(status)[0] === wanted[0] : String(status) === wanted;
}

function holds({ id, error, model }: RequestRow, text: string): boolean {
  return [id, error, model].some((field) => field?.toLowerCase().includes(text));
}
