import type { Budget, List } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Meter, toneOf } from "../../components/meter.tsx";
import { exactMoney, spentOf } from "../../format.ts";
import { link } from "../../location.tsx";
import { byNearness, isNear, nearness, usedShare } from "../../nearness.ts";
import { PageLink } from "../../page-link.tsx";
import type { Range } from "../../ranges.ts";

const SHOWN = 6;
const MAX_ROWS = 1_000;

const EXAMPLE = 'budgets: [{ limitUsd: 100, per: "month" }]';

/** Who is near a limit: the budgets by how much of them is used. */
export function Budgets({ range }: { range: Range }) {
  const { data, error, reload } = useData<List<Budget>>(`/admin/budgets?limit=${MAX_ROWS}`, range.refreshMs);
  const rows = [...(data?.data ?? [])].sort(byNearness);
  const near = rows.filter(isNear).length;
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
            <BudgetRow budget={budget} />
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

function BudgetRow({ budget }: { budget: Budget }) {
  const { scope, name, rolling, window, spent_usd, limit_usd, refused_at } = budget;
  const [spent, limit] = spentOf(spent_usd, limit_usd);
  const share = usedShare(budget);
  return (
    <>
      <div class="row">
        <span class="grow">
          <BudgetName budget={budget} />{" "}
          <span class="muted small">
            {scope !== "gateway" && `${scope} · `}
            {window === "total" ? "in total" : `${rolling ? "rolling" : "per"} ${window}`}
          </span>
        </span>
        <span class="nowrap" title={`${exactMoney(spent_usd)} of ${exactMoney(limit_usd)}`}>
          {spent} <span class="muted">of {limit}</span>
        </span>
      </div>
      <Meter
        share={share}
        tone={toneOf(nearness(budget))}
        label={`${Math.round(share * 100)} % of the budget of ${scope} ${name} is used`}
      />
      {refused_at !== null && <RefusedCalls budget={budget} />}
    </>
  );
}

/** Less than 100 % can be too little: then the meter alone would not say that calls are refused. */
function RefusedCalls({ budget: { scope, name } }: { budget: Budget }) {
  const filter = scope === "team" || scope === "key" ? { [scope]: name } : {};
  return (
    <p class="small">
      <a class="bad" href={link("/ui/requests", { ...filter, status: "402" })}>
        too little left for the last call
      </a>
    </p>
  );
}

/** Teams and keys lead to their requests; others have no such filter. */
function BudgetName({ budget: { scope, name } }: { budget: Budget }) {
  if (scope !== "team" && scope !== "key") return <strong>{name}</strong>;
  return <a href={link("/ui/requests", { [scope]: name })}>{name}</a>;
}
