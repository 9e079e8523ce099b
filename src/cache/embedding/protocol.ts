/**
 * What the event loop and the embedding worker say to each other: objects about the model, texts for calls to the
 * vectors that live beside it (`answerCall`).
 */
export type ToWorker = { start: WorkerStart } | { embed: { id: number; text: string } } | string;

export interface WorkerStart {
  libraryDirectory: string;
  /** `cache.db`, which exists; absent where nothing is searched. */
  vectorFile?: string;
}

export type FromWorker =
  | { ready: true }
  | { failed: string }
  | { id: number; vector: Float32Array; pieces: number }
  | { id: number; error: string }
  | string;
