import { isEmbedded } from "./embedded.ts";
import type { EmbeddingThread } from "./embedder.ts";
import type { FromWorker } from "./protocol.ts";

/**
 * In the compiled binary all code is one file at the root, and each worker is an entry point of its own beside it, at
 * its path below `src`.
 */
const WORKER = isEmbedded(import.meta.path) ? "./cache/embedding/worker.ts" : "./worker.ts";

/** The real thread: a Bun worker that loads the model. Must not keep the process alive. */
export function spawnEmbeddingWorker(): EmbeddingThread {
  const worker = new Worker(new URL(WORKER, import.meta.url), { name: "embedding" });
  (worker as unknown as { unref(): void }).unref();
  let stopped = false;
  /** Of the model: starting, or a text that is not answered yet. */
  let running = 0;
  const { promise: ended, resolve: settleEnd } = Promise.withResolvers<void>();
  const end = () => {
    worker.terminate();
    settleEnd();
  };
  let listen: (message: FromWorker) => void = () => {};
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (typeof data !== "string") running -= 1;
    if (!stopped) listen(data);
    else if (running === 0) end();
  };
  return {
    send(message) {
      if (typeof message !== "string") running += 1;
      worker.postMessage(message);
    },
    onMessage(listener) {
      listen = listener;
    },
    onDeath(listener) {
      const die = (reason: string) => {
        settleEnd();
        if (stopped) return;
        stopped = true;
        listener(reason);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        die(event.message);
      };
      worker.addEventListener("close", () => die("the worker ended"));
    },
    // onnxruntime-node 1.30.0 aborts the whole process when its thread is taken away while it computes.
    stop() {
      if (!stopped && running === 0) end();
      stopped = true;
      return ended;
    },
  };
}
