/** One accepted socket: bytes out in order, and an end of either kind. */
import type { Socket } from "bun";

export interface Connection {
  /** Resolves when the kernel has taken all of it, or the connection is gone. */
  write(bytes: Uint8Array | string): Promise<void>;
  /** FIN, once what was written has reached the peer. */
  end(): Promise<void>;
  /** RST, likewise: without the pause the peer's kernel would throw away what it has not read. */
  reset(): Promise<void>;
  /** Aborted when the connection is gone, whoever closed it. */
  signal: AbortSignal;
  /** Whether this side closed it. */
  closedHere(): boolean;
}

/**
 * Real time between the last bytes and the close, whatever the injected clock says: a client that is handed both at
 * once sees only the broken connection (Bun's fetch drops what is queued when the error comes), and no system call
 * tells when the peer has read. Measured: 1 ms is enough on an idle machine.
 */
const LINGER_MS = 10;

export interface ConnectionEvents {
  /** The socket can take more. */
  drained(): void;
  closed(): void;
}

export function connectionOf(socket: Socket<unknown>): Connection & ConnectionEvents {
  const gone = new AbortController();
  let unsent: Uint8Array = new Uint8Array(0);
  let waiting: (() => void) | undefined;
  let here = false;
  let written = false;

  const flush = () => {
    if (gone.signal.aborted) unsent = new Uint8Array(0);
    else unsent = unsent.subarray(Math.max(0, socket.write(unsent)));
    if (unsent.byteLength > 0) return;
    waiting?.();
    waiting = undefined;
  };
  const close = async (how: "end" | "terminate") => {
    if (written) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
    if (gone.signal.aborted) return;
    here = true;
    socket[how]();
  };

  return {
    signal: gone.signal,
    closedHere: () => here,
    write(bytes) {
      if (gone.signal.aborted) return Promise.resolve();
      written = true;
      unsent = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      const done = new Promise<void>((resolve) => {
        waiting = resolve;
      });
      flush();
      return done;
    },
    end: () => close("end"),
    reset: () => close("terminate"),
    drained: flush,
    closed() {
      gone.abort();
      flush();
    },
  };
}
