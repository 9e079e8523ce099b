import type { FeedbackEntry, List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { Ago } from "../../components/time.tsx";
import { link } from "../../location.tsx";
import { FEEDBACK, scoreText } from "./comparison.ts";
import { FEEDBACK_COMMAND } from "./no-scores.tsx";

const SHOWN = 8;

/** What users said of single answers, newest first. */
export function LatestFeedback({ model, refreshMs }: { model: string; refreshMs: number }) {
  const { data } = useData<List<FeedbackEntry>>(link("/admin/feedback", { model, limit: String(SHOWN) }), refreshMs);
  return (
    <Card title="What users said" aside="−1 to +1, the last word counts">
      {data && (
        <DataTable
          caption="Latest feedback"
          rows={data.data}
          rowKey={(row) => row.request_id}
          empty={
            <Empty title="Nobody has said anything of an answer." command={FEEDBACK_COMMAND}>
              Send it with the key of the call and its x-evergate-request-id:
            </Empty>
          }
          columns={[
            {
              title: "Call",
              main: true,
              cell: (row) => (
                <a href={`/ui/requests/${encodeURIComponent(row.request_id)}`}>{row.target ?? row.model ?? "cached"}</a>
              ),
            },
            {
              title: "Score",
              numeric: true,
              cell: (row) => <span class={row.score < 0 ? "bad" : undefined}>{scoreText(FEEDBACK, row.score)}</span>,
            },
            { title: "Comment", cell: (row) => row.comment ?? <span class="muted">–</span> },
            { title: "When", numeric: true, cell: (row) => <Ago at={row.at} /> },
          ]}
        />
      )}
    </Card>
  );
}
