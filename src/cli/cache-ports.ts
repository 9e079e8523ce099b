import type { Cache } from "../cache/cache.ts";
import type { AdminPorts, HttpPorts } from "../http/ports.ts";
import type { Store } from "../store/ports.ts";

/** What HTTP needs of the cache; without one there is nothing to see and nothing to take out. */
export function cachePorts(
  cache: Cache | undefined,
  store: Store,
): { cache: AdminPorts["cache"]; feedback: HttpPorts["feedback"] } {
  return {
    cache: {
      statistics: async () => cache?.statistics(),
      explain: (id) => cache?.explain(id),
      count: async (wanted) => (await cache?.count(wanted)) ?? 0,
      async purge(wanted, audit) {
        await store.audit.append(audit);
        return (await cache?.purge(wanted)) ?? 0;
      },
    },
    feedback: {
      put: store.feedback.put,
      reportWrong: async (id) => (await cache?.reportWrong(id)) ?? false,
    },
  };
}
