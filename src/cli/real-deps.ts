/** The real world, for a running process. Tests pass their own. */
import { lookup } from "node:dns/promises";
import type { Clock, Deps, Log } from "../canonical/deps.ts";
import { isConnecting } from "./is-connecting.ts";

export const realClock: Clock = {
  // `performance.timeOrigin` is a getter that costs microseconds (Bun 1.4.5, profiled), and does not follow the wall clock.
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(ms, MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** What `setTimeout` can hold; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** @param environment where `fetch` finds its proxy: behind one, connections to providers are not this process's own. */
export function realDeps(log: Log, environment: Readonly<Record<string, string | undefined>> = {}): Deps {
  const proxied = PROXY_VARIABLES.some((name) => environment[name]);
  const deps = {
    clock: realClock,
    fetch: (url: string, init: RequestInit) => fetch(url, init),
    lookup: async (hostname: string) => (await lookup(hostname, { all: true })).map(({ address }) => address),
    random: Math.random,
    log,
  };
  return proxied || process.platform !== "linux" ? deps : { ...deps, isConnecting };
}

const PROXY_VARIABLES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
