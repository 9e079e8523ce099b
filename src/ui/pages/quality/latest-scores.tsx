import type { List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { Segmented } from "../../components/segmented.tsx";
import { Ago } from "../../components/time.tsx";
import { link, useQuery } from "../../location.tsx";
import { FEEDBACK, scoreText } from "./comparison.ts";
import type { SingleScore } from "./types.ts";

const SHOWN = 8;

/** The calls behind the means, newest first. */
export function LatestScores({ name, model, refreshMs }: { name: string; model: string; refreshMs: number }) {
  const [{ failover, max_score: maxScore }] = useQuery({ failover: "", max_score: "" });
  const isFeedback = name === FEEDBACK;
  const { data } = useData<List<SingleScore>>(
    link("/admin/evals/scores", {
      ...(!isFeedback && { eval: name }),
      model,
      failover,
      max_score: maxScore,
      limit: String(SHOWN),
    }),
    refreshMs,
  );
  return (
    <Card
      title={isFeedback ? "Latest scored calls" : `Latest calls scored by ${name}`}
      aside={<ScoreFilters failover={failover} maxScore={maxScore} />}
    >
      {data && (
        <DataTable
          caption="Latest scores"
          rows={data.data}
          rowKey={(row) => `${row.request_id} ${row.eval}`}
          empty={<Empty title={maxScore === "" ? "No call was scored." : "No call scored that low."} />}
          columns={[
            {
              title: "Call",
              main: true,
              cell: (row) => <a href={`/ui/requests/${encodeURIComponent(row.request_id)}`}>{row.target}</a>,
            },
            {
              title: "Score",
              numeric: true,
              cell: (row) => <span class={row.score <= 0.5 ? "bad" : undefined}>{scoreText(row.eval, row.score)}</span>,
            },
            ...(isFeedback ? [{ title: "Eval", cell: (row: SingleScore) => row.eval }] : []),
            ...(data.data.some(({ reason }) => reason !== null) ? [WHY] : []),
            { title: "When", numeric: true, cell: (row) => <Ago at={row.at} /> },
          ]}
        />
      )}
    </Card>
  );
}

function ScoreFilters({ failover, maxScore }: { failover: string; maxScore: string }) {
  return (
    <div class="row">
      <Segmented
        name="failover"
        label="Who answered"
        initial=""
        value={failover}
        options={[
          ["", "all"],
          ["false", "preferred"],
          ["true", "fallback"],
        ]}
      />
      <Segmented
        name="max_score"
        label="Scores"
        initial=""
        value={maxScore}
        options={[
          ["", "any"],
          ["0.5", "≤ 0.5"],
        ]}
      />
    </div>
  );
}

/** A check gives none. */
const WHY = { title: "Why", cell: ({ reason }: SingleScore) => reason ?? "–" };
