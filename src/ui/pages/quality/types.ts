import type { EvalRow, List } from "../../api/types.ts";

/** A row of `/admin/evals`, with the groups that were asked for. */
export interface ScoreRow extends EvalRow {
  model?: string | null;
  target?: string | null;
  minute?: string;
  hour?: string;
  day?: string;
  /** Of feedback: how many scores were below 0. */
  negative?: number;
}

export interface Scores extends List<ScoreRow> {
  since_start: { scored: number; failed: number; dropped: number };
}

/** A row of `/admin/evals/scores`. */
export interface SingleScore {
  at: string;
  eval: string;
  request_id: string;
  model: string;
  target: string;
  failover: boolean;
  score: number;
  reason: string | null;
}
