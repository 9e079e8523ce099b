/**
 * The generic cell rate algorithm: a limit as one number, the time at which everything taken will have been refilled.
 * `limit` units may be taken at once, then they come back evenly over the period; no window has an edge at which twice
 * the limit would pass.
 */
export interface Bucket {
  /** Monotonic milliseconds at which the bucket is full again: the theoretical arrival time. */
  fullAt: number;
}

export interface Rate {
  limit: number;
  periodMs: number;
}

/** Times are sums of fractions; so much must not decide. */
const ROUNDING_MS = 1e-3;

/** Milliseconds until `units` may be taken; 0: now. More than the limit may be taken from a full bucket. */
export function waitFor(bucket: Bucket, { limit, periodMs }: Rate, units: number, now: number): number {
  const taken = (Math.min(units, limit) * periodMs) / limit;
  const wait = Math.max(now, bucket.fullAt) + taken - periodMs - now;
  return wait <= ROUNDING_MS ? 0 : wait;
}

export function take(bucket: Bucket, { limit, periodMs }: Rate, units: number, now: number): void {
  bucket.fullAt = Math.max(now, bucket.fullAt) + (units * periodMs) / limit;
}

/** Takes more (or gives back, below zero) of what has been taken before. */
export function correct(bucket: Bucket, { limit, periodMs }: Rate, units: number, now: number): void {
  bucket.fullAt = Math.max(now, bucket.fullAt + (units * periodMs) / limit);
}

/** Whole units that could be taken at once. */
export function remaining(bucket: Bucket, { limit, periodMs }: Rate, now: number): number {
  const missing = (Math.max(0, bucket.fullAt - now) * limit) / periodMs;
  return Math.max(0, Math.floor(limit - missing + ROUNDING_MS));
}

export function resetMs(bucket: Bucket, now: number): number {
  return Math.max(0, bucket.fullAt - now);
}
