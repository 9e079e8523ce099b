/**
 * What the gateway needs of a store, as promises: SQLite in a worker today, Postgres and Redis behind the same ports
 * later. Plain rows cross this border, never ORM types. Each group of functions belongs to one file under `sqlite/`.
 */
import type { AttemptRecord, CacheDecision, Decision } from "../canonical/record.ts";
import type { Usage } from "../canonical/usage.ts";
import type { AlertsPort } from "./alert-ports.ts";
import type { BudgetPort, LedgerPort } from "./budget-ports.ts";
import type { EvalsPort, FeedbackPort } from "./eval-ports.ts";
import type { RoutingPorts } from "./routing-ports.ts";
import type { StatsPort } from "./stats-ports.ts";

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
  /** What was asked and answered, where it is stored. Lists leave it out. */
  content?: RequestContent;
}

/** As plain text, bounded and redacted before it gets here. */
export interface RequestContent {
  request: string;
  answer: string;
}

export interface RequestFilter {
  model?: string;
  provider?: string;
  /** `provider/model` that answered. */
  target?: string;
  key?: string;
  team?: string;
  /** An exact status (`502`) or a class (`5xx`). */
  status?: string;
  failover?: boolean;
  cache?: string;
  /** Epoch milliseconds, inclusive / exclusive. */
  fromMs?: number;
  toMs?: number;
  /** Substring of request id, error text or model, or words in a row in the stored content. */
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

/** What of the request log is deleted apart from the age of its rows. */
export interface LogSpacePort {
  /** Deletes stored content of calls that began before `beforeMs`, oldest first; resolves to the number of calls. */
  deleteContentBefore(beforeMs: number, limit: number): Promise<number>;
  /** Where the log takes more than `maxBytes` on disk: deletes the oldest content, then the oldest rows. */
  deleteBeyond(maxBytes: number, limit: number): Promise<number>;
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

/** Settings of a key, team or customer, in the configuration's own form: checked before they get here. Null: not set. */
export interface StoredLevel {
  budgets: StoredBudget[] | null;
  limits: StoredLimits | null;
  perUser: { budgets?: StoredBudget[]; limits?: StoredLimits } | null;
  models: string[] | null;
  providers: string[] | null;
  tags: Record<string, string> | null;
  expires: string | null;
  ips: string[] | null;
  disabled: boolean;
}

export interface StoredBudget {
  limitUsd: number;
  per: "minute" | "hour" | "day" | "week" | "month" | "quarter" | "year" | "total";
  model?: string;
  provider?: string;
  rolling?: boolean;
}

export interface StoredLimits {
  requestsPerMinute?: number;
  tokensPerMinute?: number;
  requestsPerDay?: number;
  maxConcurrent?: number;
}

/** What was made by API. `id` never changes and is never used again; a name is used once at a time. */
export interface RecordIdentity {
  id: string;
  name: string;
  createdAtMs: number;
  updatedAtMs: number;
  /** From 1; each change adds 1. */
  version: number;
}

export interface StoredRecord extends StoredLevel, RecordIdentity {}

export interface KeyRow extends StoredRecord {
  /** SHA-256 of the secret, lower-case hex. */
  hash: string;
  /** The secret's first characters, for people to recognise it. */
  prefix: string;
  team: string | null;
  customer: string | null;
  /** The secret before the last rotation, which still works until then (epoch milliseconds). */
  previousHash: string | null;
  previousUntilMs: number | null;
}

export interface TeamRow extends StoredRecord {
  customer: string | null;
}

export type CustomerRow = StoredRecord;

/** Every change is one transaction with its audit row. */
export interface RecordPort<Row extends RecordIdentity> {
  list(): Promise<Row[]>;
  /** Rejects with GatewayError("conflict") when the name is taken. */
  insert(row: Row, audit: AuditEntry): Promise<void>;
  /** `row.version` is one more than what it replaces; otherwise GatewayError("precondition_failed"), and nothing has changed. */
  update(row: Row, audit: AuditEntry): Promise<void>;
  /** Rejects with GatewayError("precondition_failed") when it is not there in this version. */
  delete(id: string, version: number, audit: AuditEntry): Promise<void>;
}

export const AUDIT_ACTIONS = [
  "create",
  "update",
  "delete",
  "rotate",
  "reset",
  "release",
  "reload",
  "drain",
  "restore",
  "sign_in",
  "sign_in_failed",
  "sign_out",
] as const;

/** Who changed what. Secrets are masked before they get here. */
export interface AuditEntry {
  atMs: number;
  /** How the change came: `admin token`, `session of NAME`, `cli`, `file`; `nobody` for a failed sign-in. */
  actor: string;
  remoteAddress: string | null;
  action: (typeof AUDIT_ACTIONS)[number];
  /** `key`, `team`, `customer`, `provider`, `model`, `budget`, `target`, `configuration`, `session`, `master key`. */
  resource: string;
  resourceId: string;
  name: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface AuditRow extends AuditEntry {
  /** Ascending in the order of the changes. */
  id: number;
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  resource?: string;
  resourceId?: string;
  /** Epoch milliseconds, inclusive / exclusive. */
  fromMs?: number;
  toMs?: number;
}

/** Rows are only ever added. */
export interface AuditPort {
  append(entry: AuditEntry): Promise<void>;
  /** Newest first. Rejects with GatewayError("invalid_request") for a cursor that is not one of ours. */
  list(filter: AuditFilter, page: { limit: number; cursor?: string }): Promise<Page<AuditRow>>;
}

/** Answers to calls with an Idempotency-Key. What is kept is sealed before it comes here. */
export interface AnswersPort extends ExpiringPort {
  /** Null when there is none or it has expired. */
  get(id: string, nowMs: number): Promise<string | null>;
  put(id: string, sealed: string, expiresAtMs: number): Promise<void>;
}

/** Stored responses and their items, sealed before they come here. */
export interface ResponsesPort extends ExpiringPort {
  /** Null when there is none or it has expired. */
  get(id: string, nowMs: number): Promise<string | null>;
  /** All or none; what is there under an id is replaced. */
  put(rows: readonly { id: string; sealed: string }[], expiresAtMs: number): Promise<void>;
  delete(ids: readonly string[]): Promise<void>;
}

/** Somebody who is signed in. */
export interface SessionRow {
  /** SHA-256 of the secret in the cookie, lower-case hex. */
  hash: string;
  role: "admin" | "viewer" | "team";
  /** Of the role `team`. */
  team: string | null;
  /** For people. */
  name: string;
  mail: string | null;
  /** How it began: `token`, or the name of the sign-in. */
  method: string;
  /** The same for all sessions of one person: `token`, or method and subject. */
  person: string;
  /** Hash of what its role rests on: the admin token, or the sign-in settings. When that changes it is over. */
  basis: string;
  csrf: string;
  createdAtMs: number;
  lastSeenAtMs: number;
  /** However often it is used. */
  expiresAtMs: number;
}

export interface SessionsPort extends ExpiringPort {
  /** Those that have not expired. */
  list(nowMs: number): Promise<SessionRow[]>;
  insert(row: SessionRow): Promise<void>;
  seen(hash: string, atMs: number): Promise<void>;
  delete(hashes: readonly string[]): Promise<void>;
}

export interface Store {
  alerts: AlertsPort;
  evals: EvalsPort;
  feedback: FeedbackPort;
  answers: AnswersPort;
  responses: ResponsesPort;
  keys: RecordPort<KeyRow>;
  teams: RecordPort<TeamRow>;
  customers: RecordPort<CustomerRow>;
  /** Providers and models. */
  routing: RoutingPorts;
  audit: AuditPort;
  budgets: BudgetPort;
  ledger: LedgerPort;
  requests: RequestLogPort & ExpiringPort & LogSpacePort;
  sessions: SessionsPort;
  stats: StatsPort;
  settings: SettingsPort;
  /** Finishes what was called before and closes; later calls reject. */
  close(): Promise<void>;
}
