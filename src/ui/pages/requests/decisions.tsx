import type { Decision } from "../../api/types.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { duration } from "../../format.ts";

/** Why the router chose what it chose, decision by decision, and how the targets stood at the end. */
export function Decisions({ decisions, answered }: { decisions: readonly Decision[]; answered: boolean }) {
  return (
    <Card title="Why these targets" aside="the router's decisions">
      <ol class="plain stack">
        {decisions.map((decision, index) => (
          <li key={`${index} ${decision.at_ms}`}>
            <p class="small">{summaryOf(decision, answered)}</p>
            <DataTable
              caption="Candidates, in the order of the decision"
              rows={decision.candidates}
              rowKey={({ target, key }) => `${target} ${key}`}
              columns={[
                { title: "Target", main: true, cell: ({ target }) => target },
                { title: "Key", cell: ({ key }) => key ?? "–" },
                { title: "Verdict", cell: ({ target, key, skipped }) => verdict(decision, target, key, skipped) },
              ]}
            />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function summaryOf({ at_ms: at, strategy, chosen }: Decision, answered: boolean): string {
  const when = at === undefined ? "" : `After ${duration(at)}, `;
  const by = `by the strategy ${strategy}`;
  // The last picture is taken when a target owns the answer, or when none is left.
  if (!chosen) return `${when}${answered ? "as the answer began, so stood the targets:" : "nothing was left to try:"}`;
  const wait = chosen.wait_ms >= 1 ? `, after a pause of ${duration(chosen.wait_ms)}` : "";
  return `${when}${by}: ${chosen.target}${wait}.`;
}

function verdict({ chosen }: Decision, target: string, key: string | undefined, skipped: string | undefined) {
  if (chosen?.target === target && (key === undefined || chosen.key === key)) return <span class="ok">chosen</span>;
  return <span class="muted">{skipped ?? "next in line"}</span>;
}
