import type { EvalRow, List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { count } from "../../format.ts";
import { PageLink } from "../../page-link.tsx";
import type { Range } from "../../ranges.ts";

const FEEDBACK = `curl ${location.origin}/v1/feedback -H "authorization: Bearer $EVERGATE_KEY" -H 'content-type: application/json' -d '{"request_id":"req_…","score":1}'`;

/** Whether answers got worse where another target gave them. */
export function Quality({ range }: { range: Range }) {
  const { data, error, reload } = useData<List<EvalRow>>(
    `/admin/evals?group_by=failover&from=-${range.name}`,
    range.refreshMs,
  );
  const rows = data ? comparisonsOf(data.data) : [];
  return (
    <Card title="Quality" aside={<PageLink path="/ui/quality">answers of a fallback beside the others</PageLink>}>
      {error && <ErrorPanel error={error} retry={reload} />}
      {data && (
        <DataTable
          caption="Scores of answers, of the preferred target and of a fallback"
          rows={rows}
          rowKey={({ name }) => name}
          empty={
            <Empty title="Nobody has judged an answer yet." command={FEEDBACK}>
              Send what users say of an answer, or let evals score a share of them (<code>evals</code> in the
              configuration):
            </Empty>
          }
          columns={[
            { title: "Measure", main: true, cell: ({ name }) => name },
            { title: "Preferred", numeric: true, cell: ({ usual }) => <Score row={usual} /> },
            { title: "Fallback", numeric: true, cell: ({ fallback }) => <Score row={fallback} /> },
            { title: "Worse?", cell: ({ usual, fallback }) => verdict(usual, fallback) },
          ]}
        />
      )}
    </Card>
  );
}

interface Comparison {
  name: string;
  usual: EvalRow | undefined;
  fallback: EvalRow | undefined;
}

function comparisonsOf(rows: readonly EvalRow[]): Comparison[] {
  return [...new Set(rows.map((row) => row.eval))].map((name) => {
    const of = (failover: boolean) => rows.find((row) => row.eval === name && row.failover === failover);
    return { name, usual: of(false), fallback: of(true) };
  });
}

function Score({ row }: { row: EvalRow | undefined }) {
  if (!row) return <span class="muted">–</span>;
  return (
    <span title={`${row.ci_low} to ${row.ci_high} with 95 % confidence`}>
      {row.mean.toFixed(2)} <span class="muted small">({count(row.count)})</span>
    </span>
  );
}

/** Only intervals that lie apart are a difference. */
function verdict(usual: EvalRow | undefined, fallback: EvalRow | undefined) {
  if (!usual || !fallback) return <span class="muted">nothing to compare</span>;
  if (fallback.ci_high < usual.ci_low) return <span class="bad">worse</span>;
  if (fallback.ci_low > usual.ci_high) return <span class="ok">better</span>;
  return <span class="muted">no difference to be seen</span>;
}
