/** Alerts as the admin API shows them. */

export interface Rule {
  rule: string;
  when: string;
  metric: string;
  /** Of a share 0 to 1. */
  threshold: number;
  model: string | null;
  eval: string | null;
  to: string[];
  /** Hours in UTC in which it sends nothing, and whether they are now. */
  quiet: string | null;
  is_quiet: boolean;
  state: "ok" | "pending" | "firing";
  /** Null: nothing to measure. */
  value: number | null;
  details: string[];
  pending_since: string | null;
  alert_id: string | null;
}

export interface Notice {
  channel: string;
  /** The last message that the channel has taken. */
  told: "nothing" | "firing" | "resolved";
  at: string | null;
  failures: number;
  error: string | null;
}

export interface Alert {
  /** Null while pending. */
  id: string | null;
  rule: string;
  when: string;
  metric: string;
  threshold: number;
  state: "pending" | "firing" | "resolved";
  value: number | null;
  worst: number | null;
  details: string[];
  pending_since: string | null;
  fired_at: string | null;
  resolved_at: string | null;
  resolution: string | null;
  notices: Notice[];
}

/** Channels by name, and the rules. */
export type AlertSettings = Record<string, unknown>;
