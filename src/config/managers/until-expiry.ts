/** Something that is good for a while: fetched on first need, shared by all who wait, and again shortly before its end. */
import type { Clock } from "../../canonical/deps.ts";

export interface Expiring<T> {
  value: T;
  /** Epoch milliseconds; Infinity: never. */
  expiresAtMs: number;
}

/** @param marginMs what must be left of its life for it to be used */
export function untilExpiry<T>(load: () => Promise<Expiring<T>>, clock: Clock, marginMs: number): () => Promise<T> {
  let kept: Expiring<T> | undefined;
  let loading: Promise<T> | undefined;
  return async () => {
    if (kept && kept.expiresAtMs - marginMs > clock.now()) return kept.value;
    loading ??= load()
      .then((fresh) => {
        kept = fresh;
        return fresh.value;
      })
      .finally(() => {
        loading = undefined;
      });
    return loading;
  };
}
