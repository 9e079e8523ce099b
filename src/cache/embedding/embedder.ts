import type { Clock, Log } from "../../canonical/deps.ts";
import type { Embedding } from "./model.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { spawnEmbeddingWorker } from "./spawn.ts";

/** Longer than any text within the model's limit takes on an idle core; beyond it the call goes on without the cache. */
const DEFAULT_TIMEOUT_MS = 150;
/** About half a second of work: who would stand behind that many gets a miss at once. */
const DEFAULT_MAX_QUEUE = 64;
const DEFAULT_MAX_REMEMBERED = 512;

/** The thread which runs the model. */
export interface EmbeddingThread {
  send(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  /** Called at most once, when the thread dies of itself. */
  onDeath(listener: (reason: string) => void): void;
  /** Ends once what runs has finished. */
  stop(): void | Promise<void>;
}

export interface EmbedderOptions {
  clock: Clock;
  log: Log;
  /** Private directory for the library that the binary carries, for example `<data>/lib`. Made when absent. */
  libraryDirectory: string;
  /** Milliseconds a caller waits at most, 150 by default. */
  timeoutMs?: number;
  /** Texts waiting at most, 64 by default. */
  maxQueue?: number;
  /** Vectors of recent texts kept in memory, 512 by default (0.8 MB). */
  maxRemembered?: number;
  spawn?: () => EmbeddingThread;
}

export interface Embedder {
  /** Undefined when there is no vector in time, for whatever reason: a miss, never a slow or failed call. */
  embed(text: string): Promise<Embedding | undefined>;
  /** Starts the worker without a text. True once the model is ready, false when it cannot run here. */
  warm(): Promise<boolean>;
  state(): "idle" | "starting" | "ready" | "off";
  /** Resolves when the thread has ended. */
  close(): Promise<void>;
}

interface Waiting {
  id: number;
  text: string;
  settle(embedding: Embedding | undefined): void;
}

/** Starts its worker on first need. When that cannot start or dies, embedding is off for good, with one log line. */
export function createEmbedder(options: EmbedderOptions): Embedder {
  const { clock, log, timeoutMs = DEFAULT_TIMEOUT_MS, maxQueue = DEFAULT_MAX_QUEUE } = options;
  const remembered = createMemory(options.maxRemembered ?? DEFAULT_MAX_REMEMBERED);
  const { promise: started, resolve: settleStart } = Promise.withResolvers<boolean>();
  const queue: Waiting[] = [];
  let running: Waiting | undefined;
  let thread: EmbeddingThread | undefined;
  let state: ReturnType<Embedder["state"]> = "idle";
  let lastId = 0;

  const stop = (): void | Promise<void> => {
    state = "off";
    settleStart(false);
    const ended = thread?.stop();
    for (const waiting of [running, ...queue.splice(0)]) waiting?.settle(undefined);
    running = undefined;
    return ended;
  };
  const fail = (reason: string) => {
    if (state === "off") return;
    void stop();
    log("error", "The embedding model does not run here: the semantic cache is off, all else goes on.", { reason });
  };
  /** One text is with the worker at any time, so that who gave up waiting costs it nothing. */
  const next = () => {
    if (state !== "ready" || running) return;
    running = queue.shift();
    if (running) thread?.send({ embed: { id: running.id, text: running.text } });
  };
  const receive = (message: FromWorker) => {
    if (state === "off" || typeof message === "string") return;
    if ("failed" in message) return fail(message.failed);
    if ("ready" in message) {
      state = "ready";
      settleStart(true);
      return next();
    }
    const done = running;
    running = undefined;
    if (done?.id === message.id) {
      if ("vector" in message) {
        const embedding = { vector: message.vector, pieces: message.pieces };
        remembered.set(done.text, embedding);
        done.settle(embedding);
      } else {
        log("warn", "A text could not be embedded.", { reason: message.error });
        done.settle(undefined);
      }
    }
    next();
  };
  const start = () => {
    if (state !== "idle") return;
    state = "starting";
    try {
      thread = (options.spawn ?? spawnEmbeddingWorker)();
      thread.onMessage(receive);
      thread.onDeath(fail);
      thread.send({ start: { libraryDirectory: options.libraryDirectory } });
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };

  return {
    async embed(text) {
      const known = remembered.get(text);
      if (known) return known;
      start();
      if (state === "off" || queue.length >= maxQueue) return undefined;
      return new Promise((resolve) => {
        const waiting: Waiting = {
          id: ++lastId,
          text,
          settle(embedding) {
            cancel();
            resolve(embedding);
          },
        };
        const cancel = clock.after(timeoutMs, () => {
          const place = queue.indexOf(waiting);
          if (place >= 0) queue.splice(place, 1);
          resolve(undefined);
        });
        queue.push(waiting);
        next();
      });
    },
    warm() {
      start();
      return started;
    },
    state: () => state,
    async close() {
      if (state !== "off") await stop();
    },
  };
}

/** The last used texts and their vectors. */
function createMemory(max: number) {
  const kept = new Map<string, Embedding>();
  return {
    get(text: string): Embedding | undefined {
      const found = kept.get(text);
      if (!found) return undefined;
      kept.delete(text);
      kept.set(text, found);
      return found;
    },
    set(text: string, embedding: Embedding): void {
      kept.set(text, embedding);
      if (kept.size > max) kept.delete(kept.keys().next().value!);
    },
  };
}
