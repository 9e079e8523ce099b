/** What HTTP sees of the running process. After a reload the next request sees the gateway that is then in force. */
import type { JsonObject } from "../canonical/chat.ts";
import { redacted } from "../config/config.ts";
import type { AccessBook, Actor } from "../config/dynamic/access-book.ts";
import type { RoutingBook } from "../config/dynamic/routing-book.ts";
import type { Fault } from "../config/fault.ts";
import { resolveValue } from "../config/load.ts";
import type { Gateway } from "../gateway.ts";
import type { HttpPorts, SsoPorts } from "../http/ports.ts";
import type { Store } from "../store/ports.ts";
import type { AdminToken } from "./admin-token.ts";
import { cachePorts } from "./cache-ports.ts";
import type { HostOptions } from "./host.ts";
import type { LastingParts } from "./lasting.ts";
import { VERSION } from "./version.ts";

interface PortParts extends Omit<LastingParts, "parts" | "stop"> {
  store: Store;
  token: AdminToken;
  access: AccessBook;
  routing: RoutingBook;
  sso: SsoPorts;
  reload(actor?: Actor): Promise<Fault[]>;
  options: HostOptions;
}

/** The gateway in force. */
interface Current {
  gateway: Gateway;
  state: ReturnType<HttpPorts["readiness"]>;
}

export function portsOf(
  current: Current,
  {
    store,
    token,
    access,
    routing,
    sso,
    budgets,
    cache,
    conversations,
    metrics,
    observers,
    requestLog,
    reload,
    options,
  }: PortParts,
): HttpPorts {
  const { clock, log, fetch } = options.deps;
  const ofCache = cachePorts(cache, store);
  return {
    clock,
    log,
    version: VERSION,
    serve: (incoming) => current.gateway.serve(incoming),
    get models() {
      return current.gateway.models;
    },
    admin: {
      simulated: () => options.simulated === true || isSimulated(current.gateway),
      requiresKey: () => current.gateway.access().require === "key",
      ...requestLog.ports,
      access,
      routing,
      audit: store.audit,
      budgets: {
        list: () => budgets.list(current.gateway.governed().budgets),
        reset: (id, audit) => budgets.reset(current.gateway.governed().budgets, id, audit),
        release: (id, audit) => budgets.release(current.gateway.governed().budgets, id, audit),
      },
      async usage(query) {
        // While the ledger cannot be written a report is as old as its last row.
        await budgets.flush().catch(() => {});
        return store.ledger.usage(query);
      },
      cache: ofCache.cache,
      ...observers.admin,
      targets: () => current.gateway.targets(),
      async setDrained(target, drained, audit) {
        if (!current.gateway.targets().some((known) => known.target === target)) return false;
        await store.audit.append(audit);
        return current.gateway.setDrained(target, drained);
      },
      config: () => effectiveConfig(current.gateway),
      checkConfig: async (value) => (await resolveValue(value, { ...options, file: null, fetch })).faults,
      reload,
    },
    sso,
    feedback: ofCache.feedback,
    responses: conversations,
    roleOf: (presented) => token.roleOf(presented, current.gateway.config.telemetry.metrics.token),
    authenticate: (credential, remoteAddress) => current.gateway.authenticate(credential, { remoteAddress }),
    metrics: (openMetrics) => metrics.render(openMetrics),
    readiness: () => current.state,
    settings: () => current.gateway.httpSettings,
  };
}

function isSimulated({ config }: Gateway): boolean {
  const { providers } = config;
  return providers.length > 0 && providers.every(({ type }) => type === "simulated");
}

/** Keys made by API decide whether one is required where the file does not. */
function effectiveConfig(gateway: Gateway): JsonObject {
  const config = redacted(gateway.config);
  return { ...config, access: { ...(config["access"] as JsonObject), require: gateway.access().require } };
}
