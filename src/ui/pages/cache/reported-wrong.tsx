import type { FeedbackEntry, List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { Ago } from "../../components/time.tsx";

const REPORT = `curl ${location.origin}/v1/feedback -H "authorization: Bearer $EVERGATE_KEY" -H 'content-type: application/json' -d '{"request_id":"req_…","score":-1,"cached_wrong":true}'`;

/** Cached answers that somebody said were wrong: their entries went at once. */
export function ReportedWrong({ isWide, refreshMs }: { isWide: boolean; refreshMs: number }) {
  const { data } = useData<List<FeedbackEntry>>("/admin/feedback?cached_wrong=true&limit=5", refreshMs);
  return (
    <Card title="Reported wrong" aside="their entries were taken out at once" wide={isWide}>
      {data && (
        <DataTable
          caption="Cached answers reported as wrong"
          rows={data.data}
          rowKey={(row) => row.request_id}
          empty={
            <Empty title="Nobody has reported a cached answer." command={REPORT}>
              Whoever gets a wrong one can say so with the key of the call, and its entry is gone:
            </Empty>
          }
          columns={[
            {
              title: "Call",
              main: true,
              cell: (row) => (
                <a href={`/ui/requests/${encodeURIComponent(row.request_id)}`}>{row.model ?? row.request_id}</a>
              ),
            },
            { title: "Cache", cell: (row) => row.cache ?? "–" },
            { title: "Comment", cell: (row) => row.comment ?? <span class="muted">none</span> },
            { title: "When", numeric: true, cell: (row) => <Ago at={row.at} /> },
          ]}
        />
      )}
    </Card>
  );
}
