/** What the gateway keeps of its alerts: the episodes, from firing to resolved, and who has been told. */
import type { ExpiringPort, Page } from "./ports.ts";

export interface AlertRow {
  /** The episode's own; message channels know it by this. */
  id: string;
  /** Name of the rule. */
  rule: string;
  /** As written in the configuration. */
  when: string;
  metric: string;
  threshold: number;
  /** What the metric was when it fired, and its worst since. Null: nothing was measured. */
  value: number | null;
  worst: number | null;
  /** What is behind the value, by name: targets that are down, budgets that are used up. */
  details: string[];
  pendingSinceMs: number;
  firedAtMs: number;
  resolvedAtMs: number | null;
  /** Why it is over: `recovered`, `no data`, `rule removed`. */
  resolution: string | null;
  notices: AlertNotice[];
}

/** What one channel knows of the episode. */
export interface AlertNotice {
  channel: string;
  /** The last message that the channel has taken. */
  told: "nothing" | "firing" | "resolved";
  atMs: number | null;
  /** Failed tries of the message that is due. */
  failures: number;
  error: string | null;
}

export interface AlertFilter {
  rule?: string;
  state?: "firing" | "resolved";
}

export interface AlertsPort extends ExpiringPort {
  /** Writes an episode over what is kept of it. `open`: it has not ended, or somebody is still to be told. */
  put(row: AlertRow, open: boolean): Promise<void>;
  /** Those that were open, oldest first. */
  open(): Promise<AlertRow[]>;
  /** Newest first. Rejects with GatewayError("invalid_request") for a cursor that is not one of ours. */
  list(filter: AlertFilter, page: { limit: number; cursor?: string }): Promise<Page<AlertRow>>;
}
