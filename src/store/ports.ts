/**
 * What the gateway needs of a store, as promises: SQLite in a worker today, Postgres and Redis behind the same ports
 * later. Plain rows cross this border, never ORM types. Each group of functions belongs to one file under `sqlite/`.
 */
import type { AttemptRecord, CacheDecision, Decision } from "../canonical/record.ts";
import type { Usage } from "../canonical/usage.ts";

/** One call in the request log. Times are epoch milliseconds, durations milliseconds, money integer nano-USD. */
export interface RequestRow {
  id: string;
  startedAtMs: number;
  operation: string;
  dialect: string;
  keyId: string | null;
  keyName: string | null;
  team: string | null;
  customer: string | null;
  user: string | null;
  model: string | null;
  provider: string | null;
  target: string | null;
  stream: boolean;
  status: number;
  code: string | null;
  source: string | null;
  error: string | null;
  finish: string | null;
  failover: boolean;
  cache: CacheDecision["status"];
  cacheScore: number | null;
  attempts: AttemptRecord[];
  warnings: string[];
  usage: Usage | null;
  costNanoUsd: number | null;
  totalMs: number;
  firstContentMs: number | null;
  overheadMs: number;
  queuedMs: number;
  tags: Record<string, string> | null;
  session: string | null;
  /** Present for failed and failed-over calls and where the client asked. */
  explanation: Decision[] | null;
}

export interface RequestFilter {
  model?: string;
  provider?: string;
  key?: string;
  team?: string;
  /** An exact status (`502`) or a class (`5xx`). */
  status?: string;
  failover?: boolean;
  cache?: string;
  /** Epoch milliseconds, inclusive / exclusive. */
  fromMs?: number;
  toMs?: number;
  /** Substring of request id, error text or model. */
  text?: string;
}

export interface Page<T> {
  data: T[];
  /** Opaque cursor of the next page; null at the end. */
  next: string | null;
}

export interface RequestLogPort {
  /**
   * All rows or none; rows already there are left alone, so that a batch may be sent again. Rejects with
   * GatewayError("overloaded") when the disk is full or fails, or when too many calls wait.
   */
  append(rows: readonly RequestRow[]): Promise<void>;
  /**
   * Newest first. A page may hold fewer rows than asked for and still have a `next`, where a text search has more to
   * read. Rejects with GatewayError("invalid_request") and `param` for a cursor that is not one of ours, an impossible
   * status or cache, or a limit outside 1 to 1000.
   */
  list(filter: RequestFilter, page: { limit: number; cursor?: string }): Promise<Page<RequestRow>>;
  get(id: string): Promise<RequestRow | null>;
}

/** What grows with traffic and is kept for a time only. */
export interface ExpiringPort {
  /** Deletes the oldest entries that began before `beforeMs` (epoch milliseconds), at most `limit`; resolves to their number. */
  deleteBefore(beforeMs: number, limit: number): Promise<number>;
}

/** Small named values that must survive a restart: admin token hash, resting keys. */
export interface SettingsPort {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  /** Sets only when absent; returns the value that then holds. */
  setIfAbsent(name: string, value: string): Promise<string>;
}

export interface Store {
  requests: RequestLogPort & ExpiringPort;
  settings: SettingsPort;
  /** Finishes what was called before and closes; later calls reject. */
  close(): Promise<void>;
}
