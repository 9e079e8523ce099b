/** The cache as the admin API shows it. */

export interface Saved {
  hits: number;
  saved_input_tokens: number;
  saved_output_tokens: number;
  saved_cost_usd: string;
  saved_ms: number;
}

export interface Cell {
  /** Guard level / lower edge of the cosine. */
  cell: string;
  verified: number;
  wrong: number;
  /** Upper bound of the share of wrong ones, at 95 %. */
  at_most_percent: number;
  served: boolean;
}

export interface Pool {
  /** Name of the key, team or customer. */
  who: string;
  model: string;
  judged: boolean;
  max_wrong_percent: number;
  verified: number;
  wrong: number;
  summary: string;
  served: { verified: number; wrong: number; at_most_percent: number; summary: string };
  drifted_at: string | null;
  cells: Cell[];
}

export interface CacheStatistics {
  enabled: true;
  embedding: "idle" | "starting" | "ready" | "off";
  exact: Saved;
  semantic: Saved;
  misses: number;
  verified: number;
  wrong: number;
  spaces: { model: string | null; entries: number; semantic_entries: number; indexed_entries: number; bytes: number }[];
  evidence: Pool[];
}

export type CacheView = CacheStatistics | { enabled: false };

export interface Explanation {
  request_id: string;
  at: string;
  model: string;
  mode: "exact" | "shadow" | "verified" | "on";
  /** The exact key. */
  id: string;
  status: "miss" | "exact" | "semantic";
  reason: string | null;
  served: { id: string; score: number | null; cell: string | null } | null;
  considered: { id: string; level: number; cosine: number; reason: string | null }[];
  judge: { id: string; yes: boolean } | null;
  verified: { id: string; cell: string; same: boolean; by: string } | null;
}

/** What of the configuration the page shows. */
export interface CacheSettings {
  exact?: { ttlMs?: number; maxBytes?: number };
  semantic?: {
    mode?: string;
    maxWrongPercent?: number;
    ttlMs?: number;
    maxEntries?: number;
    judge?: { model: string };
  };
  scope?: string;
}
