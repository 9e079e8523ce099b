/** Runs the embedding model and searches its vectors beside the event loop, one text at a time. */
import { answerCall } from "../../store/sqlite/rpc.ts";
import { openCacheDatabase } from "../answers/database.ts";
import { vectorQueries } from "../index/sqlite-vectors.ts";
import { loadVectorLibrary } from "../index/vector-library.ts";
import { type EmbeddingModel, loadModel } from "./model.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./protocol.ts";

declare const self: Worker;

export type VectorGroups = { vectors: ReturnType<typeof vectorQueries> };

let model: EmbeddingModel | undefined;
const groups = {} as VectorGroups;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (typeof data === "string") self.postMessage(answerCall<VectorGroups>(groups, data));
  else if ("start" in data) await start(data.start);
  else await embed(data.embed.id, data.embed.text);
};

async function start({ libraryDirectory, vectorFile }: WorkerStart): Promise<void> {
  try {
    model = await loadModel(libraryDirectory);
    if (vectorFile !== undefined) {
      const database = openCacheDatabase(vectorFile);
      await loadVectorLibrary(database, libraryDirectory);
      groups.vectors = vectorQueries(database);
      groups.vectors.tidy();
    }
    // The first run allocates: better now than in somebody's call.
    await model.embed("warm up");
    reply({ ready: true });
  } catch (error) {
    reply({ failed: message(error) });
  }
}

async function embed(id: number, text: string): Promise<void> {
  try {
    const { vector, pieces } = await model!.embed(text);
    reply({ id, vector, pieces }, [vector.buffer as ArrayBuffer]);
  } catch (error) {
    reply({ id, error: message(error) });
  }
}

function reply(answer: FromWorker, transfer: ArrayBuffer[] = []): void {
  self.postMessage(answer, transfer);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
