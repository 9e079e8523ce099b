/** What budgets and the ledger need of a store. */
import type { Usage } from "../canonical/usage.ts";
import type { AuditEntry } from "./ports.ts";

/** What a node asks of one budget's current window. Money in integer nano-USD. */
export interface LeaseRequest {
  /** Stable id of the budget. */
  budget: string;
  /** Start of the window, epoch milliseconds. */
  startMs: number;
  /** What counts: windows that began at or after this. The window's own start, but for rolling budgets. */
  fromMs: number;
  limitNanoUsd: number;
  /** Of the window, what the node holds already and has no use for yet; below zero after a call that cost too much. */
  freeNanoUsd: number;
  /** Where calls need less, what is free is topped up to this, by a twentieth of the rest at most. */
  sliceNanoUsd: number;
}

/** A call that waits for money. What it needs is set aside on all of its levels or, where one has too little, on none. */
export interface LeaseCall {
  /** Its levels: places in the list of requests. */
  requests: readonly number[];
  amountNanoUsd: number;
}

export interface Lease {
  /** Id of the window, as ledger rows name it. */
  window: number;
  grantedNanoUsd: number;
  /** Not spent and not leased, after this grant. */
  restNanoUsd: number;
  /** Spent in what counts, uncertain amounts included. */
  spentNanoUsd: number;
}

export interface BudgetWindow {
  window: number;
  budget: string;
  startMs: number;
  /** Less what a reset took off, with the uncertain amount. */
  spentNanoUsd: number;
  uncertainNanoUsd: number;
  leasedNanoUsd: number;
}

/** Leases of budgets. Every method is one transaction. */
export interface BudgetPort {
  /**
   * Grants in the order of the requests: what the calls need, first come, first served. A call that
   * cannot have all gets, on each level alike, what the tightest of them has left.
   */
  lease(node: string, requests: readonly LeaseRequest[], calls: readonly LeaseCall[]): Promise<Lease[]>;
  /** Makes leases smaller or, by an amount below zero, larger whatever is left: for what an attempt cost beyond its bound. */
  giveBack(node: string, amounts: readonly { window: number; amountNanoUsd: number }[]): Promise<void>;
  /** After an unclean stop of the node: what it still held counts as spent, marked uncertain. Resolves to those windows. */
  recover(node: string): Promise<{ budget: string; startMs: number; amountNanoUsd: number }[]>;
  /**
   * Drops windows that have ended, but for those with calls that have not been settled. Their kind is the last but two
   * of a budget's id, which is a JSON array.
   */
  forget(ended: readonly { kind: string; beforeMs: number }[]): Promise<void>;
  /** All windows that are kept: the current ones, and ended ones until they are forgotten or their budget's next begins. */
  windows(): Promise<BudgetWindow[]>;
  /** Takes the uncertain amount off a budget's windows; resolves to it. */
  release(budget: string, audit?: AuditEntry): Promise<number>;
  /** Takes off everything a budget has spent, the ledger stays; resolves to the amount. */
  reset(budget: string, audit?: AuditEntry): Promise<number>;
}

/** An attempt that cost money. */
export interface LedgerEntry {
  atMs: number;
  requestId: string;
  /** From 1, within the call. */
  attempt: number;
  keyId: string | null;
  keyName: string | null;
  team: string | null;
  customer: string | null;
  user: string | null;
  /** Public model. */
  model: string;
  provider: string;
  /** The model's name at the provider. */
  targetModel: string;
  usage: Usage;
  /** Positive integer. */
  costNanoUsd: number;
  tags: Readonly<Record<string, string>> | null;
  /** Ids of the windows it counts against. */
  windows: number[];
}

/** A call for the reports, with what it used beyond its ledger entries: attempts without a known price. */
export interface UsageEntry {
  atMs: number;
  team: string | null;
  model: string;
  provider: string | null;
  keyName: string | null;
  customer: string | null;
  tags: Readonly<Record<string, string>> | null;
  usage: Usage | null;
}

/** Dimensions of `/admin/usage`. */
export const USAGE_GROUPS = ["day", "hour", "team", "model", "provider", "key", "customer", "tag"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

export interface UsageQuery {
  groupBy: readonly UsageGroup[];
  /** Epoch milliseconds, inclusive / exclusive; whole hours count. */
  fromMs?: number;
  toMs?: number;
  team?: string;
  /** Rows that are passed over, in the order of the groups. */
  offset?: number;
  /** At most; default `USAGE_MAX_ROWS`. */
  limit?: number;
}

/** Rows of one report; a longer one is read in parts. */
export const USAGE_MAX_ROWS = 10_000;

export interface UsageRow {
  /** A value a group: `day` and `hour` as RFC 3339, others by name; null where a call has none. */
  groups: Partial<Record<UsageGroup, string | null>>;
  requests: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costNanoUsd: number;
}

export interface LedgerPort {
  /** All or nothing. Entries are chained in their order; what they cost leaves the node's leases and is spent. */
  append(node: string, entries: readonly LedgerEntry[], calls: readonly UsageEntry[]): Promise<void>;
  /** Sums by group, ordered by the groups, at most 10,000 rows. */
  usage(query: UsageQuery): Promise<UsageRow[]>;
}
