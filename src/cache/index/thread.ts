/** The vectors of the embedding worker, from the event loop's side: one thread for the model and the search. */
import { GatewayError } from "../../canonical/errors.ts";
import { createRemote } from "../../store/sqlite/rpc.ts";
import type { EmbeddingThread } from "../embedding/embedder.ts";
import type { ToWorker } from "../embedding/protocol.ts";
import { spawnEmbeddingWorker } from "../embedding/spawn.ts";
import type { VectorGroups } from "../embedding/worker.ts";
import type { Question } from "../parse.ts";
import { toInt8 } from "./quantise.ts";
import type { VectorIndex } from "./vector-index.ts";

export interface VectorThread {
  /** Starts the thread, for the embedder. */
  spawn(): EmbeddingThread;
  /** Rejects before the thread has started and after it has ended. */
  index: VectorIndex;
}

/** `vectorFile`: the `cache.db` that the thread searches. */
export function createVectorThread(vectorFile: string, spawn = spawnEmbeddingWorker): VectorThread {
  let thread: EmbeddingThread | undefined;
  const remote = createRemote<VectorGroups>((message) => thread?.send(message));
  const ended = () => remote.end(new GatewayError("overloaded", "The vector index has stopped."));
  const call: typeof remote.call = (...args) =>
    thread ? remote.call(...args) : Promise.reject(new GatewayError("overloaded", "The vector index has not started."));
  return {
    spawn() {
      const own = spawn();
      thread = own;
      return {
        send: (message) => own.send(withFile(message, vectorFile)),
        onMessage(listener) {
          own.onMessage((message) => {
            if (typeof message === "string") remote.receive(message);
            else listener(message);
          });
        },
        onDeath(listener) {
          own.onDeath((reason) => {
            ended();
            listener(reason);
          });
        },
        stop() {
          ended();
          return own.stop();
        },
      };
    },
    index: {
      add: (rows) =>
        call(
          "vectors",
          "add",
          rows.map(({ vector, ...row }) => ({ ...row, vector: textOf(vector) })),
        ),
      async search({ context, vector, limit, nowMs }) {
        const found = await call("vectors", "search", context, textOf(vector), limit, nowMs);
        return found.map((row) => ({ ...row, question: JSON.parse(row.question) as Question }));
      },
      tidy: () => call("vectors", "tidy"),
    },
  };
}

function withFile(message: ToWorker, vectorFile: string): ToWorker {
  if (typeof message === "string" || !("start" in message)) return message;
  return { start: { ...message.start, vectorFile } };
}

function textOf(vector: Float32Array): string {
  return new Uint8Array(toInt8(vector).buffer).toBase64();
}
