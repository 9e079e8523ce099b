/** Simulated providers in the test's own process, for a gateway in another: real sockets between them. */
import { realClock } from "../../src/cli/real-deps.ts";
import type { SimulatedOptions } from "../../src/providers/simulated/options.ts";
import { type SimulatedServer, startSimulated } from "../../src/providers/simulated/simulated.ts";

export interface Upstream extends SimulatedServer, Disposable {}

export function upstream(options: SimulatedOptions = {}): Upstream {
  const server = startSimulated(
    { answer: "one two three four five", ...options },
    { clock: realClock, random: Math.random },
  );
  // The getters of the server stay live: the same object, with its end attached.
  return Object.assign(server, { [Symbol.dispose]: () => server.stop() });
}
