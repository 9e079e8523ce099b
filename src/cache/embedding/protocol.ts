/** What the event loop and the embedding worker say to each other. */
export type ToWorker = { start: { libraryDirectory: string } } | { embed: { id: number; text: string } };

export type FromWorker =
  | { ready: true }
  | { failed: string }
  | { id: number; vector: Float32Array; pieces: number }
  | { id: number; error: string };
