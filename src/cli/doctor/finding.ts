/** What one look at the set-up found, and what to do about it. Never holds a secret. */
export interface Finding {
  /** `config`, `secrets`, `provider`, `key`, `alerts`, `sign-in`, `clock`, `disk`, `database`. */
  area: string;
  subject: string;
  /** `skip`: could not be looked at without cost. */
  verdict: "ok" | "warn" | "fail" | "skip";
  detail: string;
  /** For the operator; absent where all is well. */
  remedy?: string;
}
