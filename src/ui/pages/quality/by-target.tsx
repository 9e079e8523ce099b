import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { count } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { scoreText } from "./comparison.ts";
import { ScoreBar } from "./score-bar.tsx";
import type { ScoreRow, Scores } from "./types.ts";

export interface ByTargetProps {
  /** Of the eval, or `user feedback`. */
  name: string;
  /** Time and model, as a query. */
  filters: string;
  range: Range;
}

/** Who gives good answers: one measure by model and target. */
export function ByTarget({ name, filters, range }: ByTargetProps) {
  const { data } = useData<Scores>(
    `/admin/evals?group_by=model,target,failover&eval=${encodeURIComponent(name)}&${filters}`,
    range.refreshMs,
  );
  if (!data) return null;
  const rows = data.data.toSorted((a, b) => b.mean - a.mean || b.count - a.count);
  return (
    <Card title={`${name} by who answered`} aside="best first">
      <DataTable
        caption={`${name} by model and target`}
        rows={rows}
        rowKey={(row) => `${row.model} ${row.target} ${row.failover}`}
        columns={[
          { title: "Target", main: true, cell: (row) => row.target ?? <span class="muted">no longer in the log</span> },
          {
            title: "Model",
            cell: (row) =>
              row.model ? <a href={requestsOf(row, range)}>{row.model}</a> : <span class="muted">–</span>,
          },
          { title: "As", cell: (row) => (row.failover ? "fallback" : row.failover === false ? "preferred" : "–") },
          {
            title: "Interval",
            wideOnly: true,
            cell: (row) => <ScoreBar row={row} isFallback={row.failover === true} />,
          },
          { title: "Mean", numeric: true, cell: (row) => scoreText(name, row.mean) },
          { title: "Answers", numeric: true, cell: (row) => count(row.count) },
        ]}
      />
    </Card>
  );
}

function requestsOf({ model, target, failover }: ScoreRow, range: Range): string {
  return link("/ui/requests", {
    model,
    target,
    // A target that was passed over while its breaker was open counts as failed over here, but not in the log.
    ...(failover === false && { failover: false }),
    from: `-${range.name}`,
  });
}
