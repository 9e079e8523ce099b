import type { Clock } from "../../canonical/deps.ts";
import type { Check } from "./check.ts";
import type { CheckJob, CheckResult } from "./check-worker.ts";
import type { Subject } from "./subject.ts";

/** An ordinary check takes under a millisecond; what takes this long is a pattern that never ends. */
export const CHECK_LIMIT_MS = 1_000;
/** Of a new thread, which has to load its parts first. */
const START_LIMIT_MS = 10_000;

export interface CheckThread {
  send(job: CheckJob): void;
  onResult(listener: (result: CheckResult) => void): void;
  stop(): void;
}

export interface Checker {
  /** One at a time. Rejects when the check took too long; null: it does not apply. */
  run(check: Check, subject: Subject): Promise<number | null>;
  close(): void;
}

/** Starts its thread on first need, and a new one after it had to be stopped. */
export function createChecker(clock: Clock, spawn: () => CheckThread = spawnThread): Checker {
  let thread: CheckThread | undefined;
  let warm = false;
  let settle: ((result: CheckResult) => void) | undefined;
  let lastId = 0;
  let last: Promise<unknown> = Promise.resolve();

  const stop = () => {
    thread?.stop();
    thread = undefined;
    warm = false;
  };
  const runNow = (check: Check, subject: Subject): Promise<number | null> => {
    if (!thread) {
      thread = spawn();
      thread.onResult((result) => settle?.(result));
    }
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(warm ? CHECK_LIMIT_MS : START_LIMIT_MS, () => {
        settle = undefined;
        stop();
        reject(new Error("the check took too long"));
      });
      settle = (result) => {
        if (result.id !== id) return;
        settle = undefined;
        warm = true;
        cancel();
        resolve(result.score);
      };
      thread!.send({ id, check, subject });
    });
  };
  return {
    run(check, subject) {
      const result = last.then(() => runNow(check, subject));
      last = result.catch(() => {});
      return result;
    },
    close: stop,
  };
}

function spawnThread(): CheckThread {
  const worker = new Worker(workerUrl());
  return {
    send: (job) => worker.postMessage(job),
    onResult(listener) {
      worker.onmessage = ({ data }: MessageEvent<CheckResult>) => listener(data);
    },
    stop: () => void worker.terminate(),
  };
}

/** In the compiled binary workers lie below its root as they do in src/. */
function workerUrl(): URL {
  const compiled = import.meta.url.startsWith("file:///$bunfs/");
  return new URL(compiled ? "./telemetry/evals/check-worker.ts" : "./check-worker.ts", import.meta.url);
}
