/**
 * A port that is free, for what has to know its own before it listens. Below the range from which the system gives out
 * ports by itself (32768 on, by Linux's default): a port of that range may be somebody else's a moment later.
 */
export function freePort(): number {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      Bun.listen({ hostname: "127.0.0.1", port, exclusive: true, socket: { data() {} } }).stop(true);
      return port;
    } catch {
      // Somebody has it.
    }
  }
  throw new Error("There is no free port.");
}

const FIRST = 10_000;
const LAST = 32_000;
const ATTEMPTS = 100;
