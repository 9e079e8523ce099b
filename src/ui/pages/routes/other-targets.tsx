import type { Target } from "../../api/types.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { duration } from "../../format.ts";
import { link } from "../../location.tsx";
import { DrainButton } from "./drain-button.tsx";
import { namesOf, stateOfTarget } from "./target-state.ts";
import type { ModelView } from "./types.ts";

export interface OtherTargetsProps {
  models: readonly ModelView[];
  keys: ReadonlyMap<string, readonly Target[]>;
  changed(): void;
}

/** Targets that clients have asked for by their provider/model name, and that stand in no public model. */
export function OtherTargets({ models, keys, changed }: OtherTargetsProps) {
  const routed = new Set(models.flatMap(namesOf));
  const rows = [...keys].filter(([target]) => !routed.has(target));
  if (rows.length === 0) return null;
  return (
    <Card title="Asked for by provider/model name" aside="in no public model">
      <DataTable
        caption="Targets in no public model"
        rows={rows}
        rowKey={([target]) => target}
        columns={[
          {
            title: "Target",
            main: true,
            cell: ([target]) => <a href={link("/ui/requests", { target })}>{target}</a>,
          },
          {
            title: "State",
            cell: ([, rows]) => {
              const { tone, word, why } = stateOfTarget(rows);
              return (
                <>
                  <Badge tone={tone}>{word}</Badge> <span class="muted small">{why}</span>
                </>
              );
            },
          },
          { title: "First token", numeric: true, cell: ([, rows]) => duration(rows[0]?.latency_ms) },
          {
            title: "Service",
            numeric: true,
            cell: ([target, rows]) => (
              <DrainButton
                target={target}
                isDrained={stateOfTarget(rows).word === "drained"}
                users={[]}
                changed={changed}
              />
            ),
          },
        ]}
      />
    </Card>
  );
}
