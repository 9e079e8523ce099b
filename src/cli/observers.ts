/** Alerts and evals of the running process: what they watch, where they write, and what of them the admin API shows. */
import type { Budgets } from "../budget/budgets.ts";
import type { Deps } from "../canonical/deps.ts";
import type { Config } from "../config/config.ts";
import type { EvalParts, Gateway } from "../gateway.ts";
import type { AdminPorts } from "../http/ports.ts";
import type { Store } from "../store/ports.ts";
import { startRetention } from "../store/retention.ts";
import { type Alerts, openAlerts } from "../telemetry/alerts/alerts.ts";

interface Observers {
  alerts: Alerts;
  evals: EvalParts;
  /** Rules and channels of a configuration come into force. */
  configure(config: Config): void;
  admin: Pick<AdminPorts, "alerts" | "evals">;
  stop(): Promise<void>;
}

export interface ObserverDeps extends Deps {
  /** The one in force. */
  gateway(): Gateway;
  budgets: Budgets;
  keepDays: number;
}

/** An operator took it out of service: nothing that has to be told. */
const DRAINED = "resting: drained";

export async function openObservers(store: Store, deps: ObserverDeps): Promise<Observers> {
  const { gateway, budgets, clock, log, keepDays } = deps;
  const alerts = await openAlerts({
    ...deps,
    store: store.alerts,
    sources: {
      targets: () =>
        gateway()
          .targets()
          .filter(({ reason }) => reason !== DRAINED),
      budgets: () => budgets.statuses(gateway().governed().budgets),
      ledgerQueueLength: budgets.queueLength,
    },
  });
  const counts = { scored: 0, failed: 0, dropped: 0 };
  const retentions = [store.evals, store.feedback].map((port) => startRetention({ port, keepDays, clock, log }));
  return {
    alerts,
    evals: { store: store.evals, counts, onScore: alerts.scored },
    configure: ({ alerts: options, server }) => alerts.configure({ ...options, link: server.publicUrl }),
    admin: {
      alerts: { rules: alerts.rules, list: store.alerts.list, test: alerts.test },
      evals: {
        scores: store.evals.summary,
        list: store.evals.list,
        feedback: store.feedback.summary,
        said: store.feedback.list,
        counts: () => counts,
      },
    },
    async stop() {
      for (const stopRetention of retentions) stopRetention();
      await alerts.stop();
    },
  };
}
