import type { CacheScope } from "./key.ts";

/** How one model is cached; what configuration says of it, defaults applied. */
export interface CacheOptions {
  /** Entries of one space share its bounds: `""` for the common settings, a model's name where it has its own. */
  readonly space: string;
  readonly scope: CacheScope;
  readonly exact: {
    readonly ttlMs: number;
    /** Of the space, in bytes; beyond it the least recently used entries go. */
    readonly maxBytes: number;
  };
  /** Null: answers go to equal requests only. */
  readonly semantic: SemanticOptions | null;
}

export interface SemanticOptions {
  readonly mode: "shadow" | "verified" | "on";
  readonly maxWrongPercent: number;
  readonly maxTemperature: number;
  readonly ttlMs: number;
  /** Of the space; beyond it the least recently used entries are found by equal requests only. */
  readonly maxEntries: number;
  readonly judge: JudgeOptions | null;
}

export interface JudgeOptions {
  readonly model: string;
  readonly timeoutMs: number;
  /** Who it calls as: `cache-judge`, or `cache-judge:MODEL` where a model has its own. Budgets hold for this name. */
  readonly origin: string;
}
