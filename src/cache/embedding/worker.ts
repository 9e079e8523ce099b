/** Runs the embedding model beside the event loop, one text at a time. */
import { type EmbeddingModel, loadModel } from "./model.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

declare const self: Worker;

let model: EmbeddingModel | undefined;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if ("start" in data) await start(data.start.libraryDirectory);
  else await embed(data.embed.id, data.embed.text);
};

async function start(libraryDirectory: string): Promise<void> {
  try {
    model = await loadModel(libraryDirectory);
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
