import type { Budget, List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Meter } from "../../components/meter.tsx";
import { money, shareOf } from "../../format.ts";
import { link } from "../../location.tsx";
import { PageLink } from "../../page-link.tsx";
import type { Range } from "./ranges.ts";

const SHOWN = 6;
const MAX_ROWS = 1_000;
const NEAR = 0.8;

const EXAMPLE = 'budgets: [{ limitUsd: 100, per: "month" }]';

/** Who is near a limit: the budgets by how much of them is used. */
export function Budgets({ range }: { range: Range }) {
  const { data, error, reload } = useData<List<Budget>>(`/admin/budgets?limit=${MAX_ROWS}`, range.refreshMs);
  const rows = (data?.data ?? [])
    .map((budget) => ({ ...budget, share: shareOf(budget.spent_usd, budget.limit_usd) ?? 1 }))
    .sort((a, b) => b.share - a.share);
  const near = rows.filter(({ share }) => share >= NEAR).length;
  return (
    <Card title="Budgets" aside={near > 0 ? `${near} near or at the limit` : "spent against limits"}>
      {error && <ErrorPanel error={error} retry={reload} />}
      {data && rows.length === 0 && (
        <Empty
          title="No budget holds. Set one in the configuration, on the gateway, a team or a key:"
          command={EXAMPLE}
        />
      )}
      <ul class="plain budget-list">
        {rows.slice(0, SHOWN).map((budget) => (
          <li key={budget.id}>
            <div class="row">
              <span class="grow">
                <BudgetName budget={budget} />{" "}
                <span class="muted small">
                  {budget.scope} · {budget.rolling ? "rolling " : "per "}
                  {budget.window}
                </span>
              </span>
              <span class="nowrap">
                {money(budget.spent_usd)} <span class="muted">of {money(budget.limit_usd)}</span>
              </span>
            </div>
            <Meter
              share={budget.share}
              label={`${Math.round(budget.share * 100)} % of the budget of ${budget.scope} ${budget.name} is spent`}
            />
          </li>
        ))}
      </ul>
      {rows.length > SHOWN && (
        <p class="small">
          <PageLink path="/ui/keys">{rows.length - SHOWN} more</PageLink>
        </p>
      )}
    </Card>
  );
}

/** Teams and keys lead to their requests; others have no such filter. */
function BudgetName({ budget: { scope, name } }: { budget: Budget }) {
  if (scope !== "team" && scope !== "key") return <strong>{name}</strong>;
  return <a href={link("/ui/requests", { [scope]: name })}>{name}</a>;
}
