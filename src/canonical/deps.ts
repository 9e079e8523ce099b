/** The outside world, injected at `gateway.ts` alone: nothing below it reads a clock, a random source or the network. */
export interface Clock {
  /** Milliseconds since the epoch, fractional. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
  /** Calls back once after `ms`; returns its cancellation. */
  after(ms: number, callback: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export type LogLevel = "debug" | "info" | "warn" | "error";
/** A structured log line. `fields` must never hold a secret. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Whether this process is still trying to connect to the URL's origin: its name not resolved, or no answer to a SYN. */
export type IsConnecting = (url: string) => Promise<boolean>;

/** All addresses of a host name. Rejects when it is not known. */
export type Lookup = (hostname: string) => Promise<string[]>;

export interface Deps {
  clock: Clock;
  fetch: Fetch;
  /** Absent: no name is known, so that nothing is fetched for clients. */
  lookup?: Lookup;
  /** Absent where that can't be told. */
  isConnecting?: IsConnecting;
  random: Random;
  log: Log;
}

/** Resolves after `ms`, or rejects with the signal's reason when it is aborted first. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
