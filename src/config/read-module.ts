/** Loads a TypeScript or JavaScript configuration through the load worker. */
import type { LoadAnswer, LoadRequest } from "./load-worker.ts";

/** A configuration that talks to a network or loops for ever must not keep the gateway from starting or reloading. */
const LOAD_TIMEOUT_MS = 10_000;

/**
 * In the compiled binary all code is one file at the root, and each worker is an entry point of its own beside it, at
 * its path below `src`.
 */
const WORKER = /^(\/\$bunfs\/|[A-Za-z]:[\\/]~BUN)/.test(import.meta.path)
  ? "./config/load-worker.ts"
  : "./load-worker.ts";

/** Never rejects; the thread has ended when the promise is settled. */
export function readModule(file: string, timeoutMs = LOAD_TIMEOUT_MS): Promise<LoadAnswer> {
  const failed = (message: string): LoadAnswer => ({ faults: [{ path: "", message }], files: [file] });
  return new Promise((resolve) => {
    const worker = new Worker(new URL(WORKER, import.meta.url), { name: "load-config" });
    const finish = (answer: LoadAnswer) => {
      clearTimeout(timer);
      worker.terminate();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(failed(`did not finish loading within ${timeoutMs / 1_000} s`)), timeoutMs);
    worker.onmessage = ({ data }: MessageEvent<LoadAnswer>) => finish(data);
    worker.onerror = (event) => finish(failed(event.message.split("\n", 1)[0]!));
    // `process.exit` in the file ends the worker alone.
    worker.addEventListener("close", () => finish(failed("ended the process while it was loaded")));
    worker.postMessage({ file } satisfies LoadRequest);
  });
}
