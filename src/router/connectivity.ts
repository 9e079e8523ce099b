/**
 * The connect timeout. `fetch` has none and doesn't tell when it is connected, so this is an approximation: when an
 * attempt to an origin that has not answered lately has no response head after `connectMs`, the operating system is
 * asked whether a connection there is still being made; if so the attempt is given up. No connection is opened for it.
 * TLS is not part of it, a kept-alive socket that died unnoticed neither: those are left to the limit on first content.
 */
import type { Clock, IsConnecting } from "../canonical/deps.ts";

export interface Connectivity {
  /** Calls back if `connectMs` from now no connection to the URL's origin stands. Returns its cancellation. */
  watch(url: string, connectMs: number, onTimeout: () => void): () => void;
  /** A response head came from there. */
  answered(url: string): void;
}

/** An origin that has answered within this time is taken to be reachable. */
const FRESH_MS = 60_000;

export function createConnectivity(isConnecting: IsConnecting | undefined, clock: Clock): Connectivity {
  if (!isConnecting) return { watch: () => NOTHING, answered: NOTHING };
  /** Monotonic milliseconds by origin: as many as there are providers. */
  const answeredAt = new Map<string, number>();
  return {
    watch(url, connectMs, onTimeout) {
      const last = answeredAt.get(originOf(url));
      if (last !== undefined && clock.monotonic() - last < FRESH_MS) return NOTHING;
      let over = false;
      const cancel = clock.after(connectMs, () => {
        isConnecting(url).then(
          (connecting) => {
            if (connecting && !over) onTimeout();
          },
          // Where the system doesn't tell, the other limits have to do.
          NOTHING,
        );
      });
      return () => {
        over = true;
        cancel();
      };
    },
    answered(url) {
      answeredAt.set(originOf(url), clock.monotonic());
    },
  };
}

const NOTHING = () => {};

function originOf(url: string): string {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  return slash < 0 ? url : url.slice(0, slash);
}
