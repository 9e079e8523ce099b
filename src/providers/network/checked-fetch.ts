/**
 * A `fetch` for addresses that the operator did not write himself. The host's name is resolved here, all its addresses
 * are judged, and the connection goes to one of those: `fetch` would resolve the name a second time, and a name server
 * that answers differently then (DNS rebinding) would lead it inside. The name stays in `host` and in the certificate's
 * check; Bun 1.4.5 keeps idle TLS sockets by address and server name (measured), so two names behind one address never
 * share one. Nothing is sent to an address that was refused.
 */
import { isIP } from "node:net";
import type { Clock, Deps, Fetch } from "../../canonical/deps.ts";

/** `code` is what the failure is told by; the message holds neither name nor address. */
export class AddressRefused extends Error {
  readonly code = "EVERGATE_ADDRESS";
  constructor() {
    super("The host leads to an address that may not be connected to.");
    this.name = "AddressRefused";
  }
}

/** No byte has been sent when these come: the next address of the same host may do. */
const NOT_CONNECTED = new Set(["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "FailedToOpenSocket"]);

/** `allows`: of an IP address. Rejects with AddressRefused, with `code` ENOTFOUND for an unknown name, and as `fetch` does. */
export function createCheckedFetch(
  { fetch, lookup, clock }: Pick<Deps, "fetch" | "lookup" | "clock">,
  allows: (address: string) => boolean,
): Fetch {
  const names = createNames(lookup, clock);
  return async (address, init) => {
    const url = new URL(address);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const found = isIP(host) ? [host] : await untilAborted(names.find(host), init.signal);
    if (found.length === 0) throw Object.assign(new Error("The host's name is not known."), { code: "ENOTFOUND" });
    if (!found.every(allows)) throw new AddressRefused();
    for (const [index, one] of found.entries()) {
      try {
        return await fetch(pinnedUrl(url, one), pinnedInit(url, init));
      } catch (error) {
        const { code } = error as { code?: unknown };
        const isLast = index === found.length - 1;
        if (!isLast && !init.signal?.aborted && typeof code === "string" && NOT_CONNECTED.has(code)) continue;
        names.forget(host);
        throw error;
      }
    }
    throw new AddressRefused();
  };
}

/** A host may move, but not from one call to the next: a look-up for each would be a burden on name servers. */
const KEPT_MS = 10_000;

/** Names that were looked up lately: as many as a provider has hosts. What they led to is judged at each use. */
function createNames(lookup: Deps["lookup"], clock: Clock) {
  const known = new Map<string, { found: Promise<string[]>; untilMs: number }>();
  return {
    /** Empty where it is not known. */
    find(host: string): Promise<string[]> {
      const kept = known.get(host);
      if (kept && clock.monotonic() < kept.untilMs) return kept.found;
      const found = lookup?.(host).catch(() => []) ?? Promise.resolve([]);
      known.set(host, { found, untilMs: clock.monotonic() + KEPT_MS });
      void found.then((addresses) => {
        if (addresses.length === 0) known.delete(host);
      });
      return found;
    },
    forget: (host: string) => void known.delete(host),
  };
}

/** The URL with an address in the place of the host's name. */
export function pinnedUrl(url: URL, address: string): string {
  const pinned = new URL(url);
  pinned.hostname = isIP(address) === 6 ? `[${address}]` : address;
  return pinned.href;
}

/** What keeps a request the host's own although it goes to an address. */
export function pinnedInit(url: URL, init: RequestInit): RequestInit {
  const headers = { ...(init.headers as Record<string, string>), host: url.host };
  // The certificate has to be that of the name.
  const tls = url.protocol === "https:" && !isLiteral(url) ? { tls: { serverName: url.hostname } } : {};
  return { ...init, redirect: "manual", headers, ...tls } as RequestInit;
}

/** The parser has written every form of an IPv4 address in one way, and those of IPv6 in brackets. */
function isLiteral({ hostname }: URL): boolean {
  return hostname.startsWith("[") || isIP(hostname) === 4;
}

/** A name that is being looked up cannot be given up; the call goes on without it. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
