import type { Clock } from "../canonical/deps.ts";

/** What a promise resolves to, or undefined when it fails or takes longer: a slow cache is a miss, never a slow call. */
export function inTime<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    promise.then(
      (value) => {
        cancel();
        resolve(value);
      },
      () => {
        cancel();
        resolve(undefined);
      },
    );
  });
}
