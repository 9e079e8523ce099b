import { isEmbedded } from "./embedded.ts";
import type { EmbeddingThread } from "./embedder.ts";

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
  return {
    send: (message) => worker.postMessage(message),
    onMessage(listener) {
      worker.onmessage = ({ data }) => listener(data);
    },
    onDeath(listener) {
      const die = (reason: string) => {
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
    stop() {
      stopped = true;
      worker.terminate();
    },
  };
}
