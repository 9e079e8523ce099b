import { seededRandom } from "../../test/support/seeded-random.ts";

/** Random numbers of the shapes that traffic and upstreams have, the same for the same seed. */
export interface Draws {
  uniform(): number;
  /** Gaps between arrivals of a Poisson process. */
  exponential(mean: number): number;
  /** Times to first content. `sigma`: of the logarithm. */
  lognormal(median: number, sigma: number): number;
}

export function draws(seed: number): Draws {
  const uniform = seededRandom(seed);
  const positive = () => 1 - uniform();
  return {
    uniform,
    exponential: (mean) => -Math.log(positive()) * mean,
    lognormal: (median, sigma) =>
      median * Math.exp(sigma * Math.sqrt(-2 * Math.log(positive())) * Math.cos(2 * Math.PI * uniform())),
  };
}
