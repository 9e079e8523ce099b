/**
 * How fast one target (provider, model) shows first content now: a peak-EWMA in milliseconds. It jumps to a slower
 * answer at once and forgets it with a time constant of 10 s, so a target that turns slow loses its traffic with the
 * first slow answer and is tried again by itself. Samples are put on one scale first: see `createPromptScale`.
 */
import type { PromptScale } from "./prompt-scale.ts";

export interface Latency {
  /** Milliseconds as of now. Reading forgets: ask only when a decision is made. */
  read(now: number): number;
  /** The same without forgetting, for operators; undefined before the first sample. */
  peek(): number | undefined;
  /** First content after `ms`. `bucket`: see `bucketOf`. */
  sample(ms: number, bucket: number, now: number): void;
  /** A failure counts as an answer this slow; otherwise a target that refuses at once would look the fastest. */
  penalise(ms: number, now: number): void;
  /** An attempt that was given up for a faster one: it had taken at least this long. */
  atLeast(ms: number, bucket: number): void;
  /** The time under which this share (0 to 1) of first contents came; undefined before `MIN_QUANTILE_SAMPLES`. */
  quantileMs(share: number, stream: boolean): number | undefined;
}

/** Time constant of forgetting (FIELD-NOTES §2). */
const TAU_MS = 10_000;
/** A target that nobody has tried yet. */
export const UNSEEN_MS = 1_000;
/**
 * One read forgets at most this much time. With a call a minute everything would be forgotten from one to the next and
 * a target ten times slower be tried every other call; so it is about every twentieth decision, however rare they are.
 */
const MAX_FORGOTTEN_PER_READ_MS = 1_000;
export const MIN_QUANTILE_SAMPLES = 20;
/** Samples kept for quantiles: enough for the 97th to be steady. */
const KEPT_SAMPLES = 512;
/** The quantile is worked out again after so many new samples. */
const QUANTILE_AGE_SAMPLES = 16;

export function createLatency(scale: PromptScale): Latency {
  let costMs: number | undefined;
  let sampledAt = 0;
  let readAt = 0;
  const kept = { stream: createSamples(), whole: createSamples() };

  const observe = (ms: number, now: number) => {
    if (costMs === undefined || ms > costMs) costMs = ms;
    else {
      const weight = Math.exp(-(now - sampledAt) / TAU_MS);
      costMs = costMs * weight + ms * (1 - weight);
    }
    sampledAt = now;
    readAt = now;
  };

  return {
    read(now) {
      if (costMs === undefined) return UNSEEN_MS;
      const elapsed = Math.min(MAX_FORGOTTEN_PER_READ_MS, now - readAt);
      if (elapsed > 0) costMs *= Math.exp(-elapsed / TAU_MS);
      readAt = now;
      return costMs;
    },
    peek: () => costMs,
    sample(ms, bucket, now) {
      (scale.isStream(bucket) ? kept.stream : kept.whole).add(ms);
      observe(scale.normalise(ms, bucket), now);
    },
    penalise: observe,
    atLeast: (ms, bucket) => (scale.isStream(bucket) ? kept.stream : kept.whole).add(ms),
    quantileMs: (share, stream) => (stream ? kept.stream : kept.whole).quantile(share),
  };
}

function createSamples() {
  const ring: number[] = [];
  let added = 0;
  const known = new Map<number, { ms: number; at: number }>();
  return {
    add(ms: number) {
      ring[added % KEPT_SAMPLES] = ms;
      added += 1;
    },
    quantile(share: number): number | undefined {
      if (ring.length < MIN_QUANTILE_SAMPLES) return undefined;
      const earlier = known.get(share);
      if (earlier && added - earlier.at < QUANTILE_AGE_SAMPLES) return earlier.ms;
      const sorted = ring.toSorted((a, b) => a - b);
      const ms = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
      known.set(share, { ms, at: added });
      return ms;
    },
  };
}
