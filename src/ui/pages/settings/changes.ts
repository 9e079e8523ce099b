/** What an entry of the audit trail changed, field by field. */

export interface Change {
  field: string;
  /** Null: there was none. */
  before: string | null;
  /** Null: there is none any more. */
  after: string | null;
}

/** What the entry itself says already. */
const TOLD = ["id", "name", "origin", "created_at", "updated_at"];

type Fields = Readonly<Record<string, unknown>> | null;

/** Fields whose values differ; where one side is missing, the fields of the other that hold something. */
export function changesOf(before: Fields, after: Fields): Change[] {
  // A change names only what it set; a removal leaves nothing.
  const names = Object.keys(after ?? before ?? {}).filter((name) => !TOLD.includes(name));
  return (
    names
      .map((field) => ({ field, before: written(before?.[field]), after: written(after?.[field]) }))
      .filter((change) => change.before !== change.after)
      // Of what is new, a switch that is off is as good as one that was never named.
      .filter(({ after: now }) => before !== null || now !== "false")
  );
}

function written(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}
