/** The log of all calls as one process keeps it: its rows, the content beside them, and who watches it. */
import type { Deps } from "../canonical/deps.ts";
import type { Config } from "../config/config.ts";
import type { Store } from "../store/ports.ts";
import { createContentKeeper } from "../telemetry/content/keep-content.ts";
import { createLiveTail } from "../telemetry/live-tail.ts";
import { createRequestLog } from "../telemetry/request-log.ts";

/** Retention is that of the configuration at the start. */
export function openProductionLog(
  store: Pick<Store, "requests" | "stats">,
  { log, content }: Config["telemetry"],
  deps: Deps,
) {
  const contents = createContentKeeper();
  const tail = createLiveTail(deps.clock);
  const rows = createRequestLog(store, {
    clock: deps.clock,
    log: deps.log,
    keepDays: log.keepDays,
    contentKeepDays: content.keepDays,
    contents,
  });
  return {
    contents,
    sinks: [rows.sink, tail.sink],
    close: rows.close,
    ports: {
      requests: readFresh(store.requests, rows.flush),
      live: tail.watch,
      stats: store.stats.read,
      attempts: store.stats.attempts,
    },
  };
}

/** Whoever looks a call up right after its answer finds it: what still waits for its batch is written first. */
function readFresh(requests: Store["requests"], flush: () => Promise<void>): Store["requests"] {
  return {
    ...requests,
    async list(...query) {
      await flush();
      return requests.list(...query);
    },
    async get(id) {
      await flush();
      return requests.get(id);
    },
  };
}
