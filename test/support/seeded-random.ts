import type { Random } from "../../src/canonical/deps.ts";

/** Uniform in [0, 1), the same sequence for the same seed (mulberry32: one 32-bit state, full period). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns the given numbers in turn, from the start again after the last: for tests that choose each draw. */
export function scriptedRandom(...draws: number[]): Random {
  let next = 0;
  return () => draws[next++ % draws.length] ?? 0;
}
