/**
 * Work that belongs to nobody's connection. The call that begins it leads; equal calls wait for its reply and read it
 * from the start. It goes on as long as one of them is there, and is given up when the last has left. Used for
 * `Idempotency-Key` and for identical calls in flight.
 */
import type { Call } from "./call.ts";
import { GatewayError } from "./errors.ts";
import type { CallRecord } from "./record.ts";
import type { Reply } from "./reply.ts";
import { type SharedReply, shareReply } from "./share.ts";

export interface Flight {
  readonly leader: CallRecord;
  /** Rejects when the leader failed before its reply began. */
  readonly started: Promise<SharedReply>;
  /** Resolves when the reply begins; rejects with `client_closed` when the waiting client leaves first. */
  wait(client: AbortSignal): Promise<SharedReply>;
}

/** Begins the work of `call`, which from here on runs under the flight's signal instead of its own client's. */
export function takeOff(call: Call, produce: () => Promise<Reply>): Flight {
  const abort = new AbortController();
  call.signal = abort.signal;
  let waiting = 0;
  const started = produce().then((reply) => shareReply(reply));
  return {
    leader: call.record,
    started,
    async wait(client) {
      const { promise: left, reject } = Promise.withResolvers<never>();
      const onAbort = () => reject(clientClosed());
      if (client.aborted) onAbort();
      else client.addEventListener("abort", onAbort, { once: true });
      waiting += 1;
      try {
        return await Promise.race([started, left]);
      } finally {
        client.removeEventListener("abort", onAbort);
        waiting -= 1;
        if (client.aborted && waiting === 0) abort.abort();
      }
    },
  };
}

export function clientClosed(): GatewayError {
  return new GatewayError("client_closed", "The client closed the connection.");
}
