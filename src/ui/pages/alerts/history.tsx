import { useEffect } from "preact/hooks";
import { useList } from "../../api/use-list.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { DateTime } from "../../components/time.tsx";
import { duration } from "../../format.ts";
import { link, useQuery } from "../../location.tsx";
import { valueText } from "./metric.ts";
import { Notices } from "./notices.tsx";
import type { Alert } from "./types.ts";

/** What was, and is over. `firing`: how many hold now; when that changes, history may have grown. */
export function History({ firing }: { firing: number }) {
  const [{ rule }, setQuery] = useQuery({ rule: "" });
  const list = useList<Alert>(link("/admin/alerts", { state: "resolved", rule, limit: "10" }));
  useEffect(() => list.reload(), [firing, list.reload]);
  return (
    <Card
      title={rule === "" ? "History" : `History of ${rule}`}
      aside={
        rule === "" ? (
          "kept for a year"
        ) : (
          <button type="button" class="button small" onClick={() => setQuery({ rule: "" })}>
            All rules
          </button>
        )
      }
    >
      {list.error && <ErrorPanel error={list.error} retry={list.reload} />}
      {list.rows && (
        <DataTable
          caption="Alerts that are over"
          rows={list.rows}
          rowKey={({ id }) => id ?? ""}
          empty={<Empty title="No alert has fired and ended yet." />}
          columns={[
            {
              title: "Rule",
              main: true,
              cell: (row) => (
                <>
                  <a href={link("/ui/alerts", { rule: row.rule })}>{row.rule}</a>
                  <div class="muted small">
                    <code>{row.when}</code>
                  </div>
                </>
              ),
            },
            { title: "Fired", cell: (row) => (row.fired_at === null ? "–" : <DateTime at={row.fired_at} />) },
            { title: "Lasted", numeric: true, cell: (row) => duration(lastedMs(row)) },
            { title: "Worst", numeric: true, cell: (row) => <Worst alert={row} /> },
            { title: "Ended", cell: ({ resolution }) => resolution ?? "–" },
            { title: "Told", cell: ({ notices }) => <Notices notices={notices} isOver /> },
          ]}
        />
      )}
      {list.more && (
        <p class="more">
          <button type="button" class="button" disabled={list.busy} onClick={list.loadMore}>
            Older alerts
          </button>
        </p>
      )}
    </Card>
  );
}

/** With the calls of that time. */
function Worst({ alert: { metric, worst, fired_at: from, resolved_at: to } }: { alert: Alert }) {
  const text = valueText(metric, worst);
  const [name, value] = FILTERS[metric] ?? [];
  if (name === undefined || from === null) return <>{text}</>;
  return <a href={link("/ui/requests", { [name]: value, from, to })}>{text}</a>;
}

/** The calls behind a metric, by a filter of the request log. */
const FILTERS: Record<string, readonly [string, string]> = {
  failover_rate: ["failover", "true"],
  target_down: ["failover", "true"],
  error_rate: ["status", "5xx"],
};

function lastedMs({ fired_at: from, resolved_at: to }: Alert): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from);
}
