/** The listening socket: Bun.serve with our bounds, and a drain that loses nothing in silence. */
import { GatewayError } from "../canonical/errors.ts";
import { buildApp } from "./app.ts";
import type { Connection } from "./exchange.ts";
import type { HttpPorts } from "./ports.ts";
import { proxyTrust } from "./remote-address.ts";

/**
 * Against clients that connect and then say little: the time a socket may be silent before and between requests, and
 * while a body is sent. Inference calls lift it for themselves once their body is there.
 */
const IDLE_TIMEOUT_SECONDS = 30;

export interface ListenOptions {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** PEM texts; plain HTTP when absent. */
  tls?: { cert: string; key: string };
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Inference calls under way. */
  inFlight(): number;
  /**
   * Lets what runs end, and after `drainMs` ends the rest: waiting calls with 503, streams with the dialect's error
   * event. Until then it goes on answering, so that whoever balances the load sees that it is not ready and new calls
   * get a 503 they can send again; without any call under way it stops accepting at once. Resolves when every
   * connection is closed. A second call joins the first.
   */
  drain(drainMs: number): Promise<void>;
}

/** Throws an Error whose message is for the operator when the address cannot be bound. */
export function listen(ports: HttpPorts, options: ListenOptions): HttpServer {
  let server: Bun.Server<undefined> | undefined;
  const { calls: live, idle } = liveCalls();
  const watching: Connection["watching"] = new Set();
  const connection: Connection = {
    remoteAddress: clientAddress(ports, (request) => server?.requestIP(request)?.address ?? ""),
    keepOpen: (request) => server?.timeout(request, 0),
    restoreIdleTimeout: (request) => server?.timeout(request, IDLE_TIMEOUT_SECONDS),
    live,
    watching,
  };
  const app = buildApp(ports, connection, options.tls !== undefined);
  server = bind(options, app.fetch);
  const bound = server;
  let draining: Promise<void> | undefined;
  return {
    host: options.host,
    port: bound.port ?? options.port,
    inFlight: () => live.size,
    drain(drainMs) {
      for (const close of [...watching]) close();
      draining ??= drain(bound, ports, live, { drainMs, idle });
      return draining;
    },
  };
}

function bind(
  options: ListenOptions,
  fetch: (request: Request) => Response | Promise<Response>,
): Bun.Server<undefined> {
  const { host, port, tls } = options;
  try {
    return Bun.serve({
      hostname: host,
      port,
      ...(tls && { tls }),
      idleTimeout: IDLE_TIMEOUT_SECONDS,
      // Bodies are bounded by the handlers, which answer in the client's dialect; Bun's own 413 has no body.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      // Without this a defect would show its source code to whoever asks.
      development: false,
      // Bun 1.4.5 sets SO_REUSEPORT outside development: two gateways would share one port and its calls in silence.
      reusePort: false,
      fetch,
    });
  } catch (cause) {
    throw new Error(bindFault(cause, host, port), { cause });
  }
}

function bindFault(cause: unknown, host: string, port: number): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (code === "EADDRINUSE")
    return `${address} is in use by another program. Stop it, or choose another port: --port ${port + 1}, or server.port in the configuration.`;
  if (code === "EACCES") return `${address} may not be bound by this user. Choose a port above 1023 with --port.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
    return `${host} is not an address of this machine. Choose another one with --host, or server.host in the configuration.`;
  return `Cannot listen on ${address}: ${cause instanceof Error ? cause.message : String(cause)}`;
}

async function drain(
  server: Bun.Server<undefined>,
  ports: HttpPorts,
  live: Connection["live"],
  { drainMs, idle }: { drainMs: number; idle(): Promise<void> },
): Promise<void> {
  const cancel = ports.clock.after(drainMs, () => {
    const error = new GatewayError("shutting_down", "The gateway is shutting down.");
    for (const call of [...live]) call.end(error);
    // What was just written still has to leave; connections that stay open after that are cut.
    ports.clock.after(LAST_WRITES_MS, () => void server.stop(true));
  });
  await idle();
  await server.stop();
  cancel();
}

const LAST_WRITES_MS = 500;

/** Calls under way, and when there is none. */
function liveCalls(): { calls: Connection["live"]; idle(): Promise<void> } {
  const calls: Connection["live"] = new Set();
  let waiting: (() => void)[] = [];
  const remove = calls.delete.bind(calls);
  calls.delete = (call) => {
    const removed = remove(call);
    if (calls.size === 0) {
      for (const resolve of waiting) resolve();
      waiting = [];
    }
    return removed;
  };
  return {
    calls,
    idle: () => (calls.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  };
}

/** The list of trusted proxies may change with a reload; what is made of it is kept until it does. */
function clientAddress(ports: HttpPorts, socketAddress: (request: Request) => string): (request: Request) => string {
  let proxies = ports.settings().trustedProxies;
  let trust = proxyTrust(proxies);
  return (request) => {
    const current = ports.settings().trustedProxies;
    if (current !== proxies) {
      proxies = current;
      trust = proxyTrust(current);
    }
    return trust(
      socketAddress(request),
      current.length > 0 ? (request.headers.get("x-forwarded-for") ?? undefined) : undefined,
    );
  };
}
