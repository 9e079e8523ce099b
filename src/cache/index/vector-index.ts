/** Where vectors of questions are kept and searched. SQLite beside the embedding model today; pgvector could stand here. */
import type { Question } from "../parse.ts";

export interface VectorRow {
  /** Key of the entry, which must have been stored before. */
  key: string;
  /** Only rows of one context are ever compared. */
  context: string;
  vector: Float32Array;
}

export interface Neighbour {
  key: string;
  question: Question;
  cosine: number;
}

export interface VectorIndex {
  add(rows: readonly VectorRow[]): Promise<void>;
  /** Nearest first, at most `limit`; only entries that have not expired at `nowMs`. */
  search(query: { context: string; vector: Float32Array; limit: number; nowMs: number }): Promise<Neighbour[]>;
  /** Entries were deleted: takes what is left of them out of the index. */
  tidy(): Promise<void>;
}
