/** Keys, teams and customers as the admin API shows them: settings by the configuration's names, null where not set. */

export type Kind = "keys" | "teams" | "customers";

export interface BudgetRule {
  limitUsd: number;
  per: string;
  rolling?: boolean;
  model?: string;
  provider?: string;
}

export type Limits = Partial<
  Record<"requestsPerMinute" | "tokensPerMinute" | "requestsPerDay" | "maxConcurrent", number>
>;

export interface Level {
  id: string;
  name: string;
  /** What the file declares can be changed only there. */
  origin: "file" | "api";
  budgets: BudgetRule[] | null;
  limits: Limits | null;
  perUser: { budgets?: BudgetRule[]; limits?: Limits } | null;
  models: string[] | null;
  providers: string[] | null;
  tags: Record<string, string> | null;
  expires: string | null;
  ips: string[] | null;
  disabled: boolean;
  /** Of keys. */
  team?: string | null;
  /** Of keys and teams. */
  customer?: string | null;
  /** Of keys: the secret's first characters. */
  prefix?: string | null;
  created_at: string | null;
  updated_at: string | null;
  /** Of keys: until when the secret before the last rotation works. */
  previous_valid_until?: string | null;
}

export const ONE: Record<Kind, "key" | "team" | "customer"> = { keys: "key", teams: "team", customers: "customer" };

/** Where a record is shown. */
export function pathOf(kind: Kind, id: string): string {
  return `/ui/keys/${kind}/${encodeURIComponent(id)}`;
}

export const LIMIT_NAMES: Record<keyof Limits, string> = {
  requestsPerMinute: "Requests a minute",
  tokensPerMinute: "Tokens a minute",
  requestsPerDay: "Requests a day",
  maxConcurrent: "At once",
};
