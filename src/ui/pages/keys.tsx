/** Who may call, who is near a limit, and what was spent: gateway, customers, teams, keys and their end users. */
import { useState } from "preact/hooks";
import { Card } from "../components/card.tsx";
import { Empty } from "../components/empty.tsx";
import { ErrorPanel } from "../components/error-panel.tsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RangePicker, useRange } from "../components/range-picker.tsx";
import { useToast } from "../components/toast.tsx";
import { byNearness, isNear, usedShare } from "../nearness.ts";
import type { PageProps } from "../pages.tsx";
import type { Range } from "../ranges.ts";
import { useHolder } from "../session.tsx";
import { windowText } from "./keys/budget-line.tsx";
import { BudgetList } from "./keys/budget-list.tsx";
import { isKind, LevelPage } from "./keys/detail.tsx";
import { Hierarchy } from "./keys/hierarchy.tsx";
import { KeyShown, type ShownKey } from "./keys/key-shown.tsx";
import { LevelForm } from "./keys/level-form.tsx";
import { type Parts, treeOf } from "./keys/tree.ts";
import { type Kind, ONE } from "./keys/types.ts";
import { Usage } from "./keys/usage.tsx";
import { useRecords } from "./keys/use-records.ts";

export function Keys({ rest }: PageProps) {
  const range = useRange();
  const slash = rest.indexOf("/");
  const kind = rest.slice(0, Math.max(0, slash));
  return isKind(kind) ? (
    <LevelPage kind={kind} id={rest.slice(slash + 1)} range={range} />
  ) : (
    <AllLevels range={range} />
  );
}

function AllLevels({ range }: { range: Range }) {
  const { role } = useHolder();
  const { parts, cut, error, reload } = useRecords(range);
  return (
    <>
      <PageHead title="Budgets & keys">
        {role === "admin" && parts && <NewLevels parts={parts} made={reload} />}
        <RangePicker range={range} />
      </PageHead>
      {error && <ErrorPanel error={error} retry={reload} />}
      {parts && (
        <div class="column">
          <NearLimit parts={parts} changed={reload} />
          {parts.keys.length + parts.teams.length + parts.customers.length === 0 && (
            <Empty
              title="No key yet: whoever reaches the gateway may call it. Make one here, or from the shell:"
              command="evergate keys create first --budget 5/day"
            >
              The first key closes the gateway to calls without one.
            </Empty>
          )}
          <Hierarchy nodes={treeOf(parts)} range={range} />
          {cut && <p class="muted small">Only the first 1,000 of each kind are shown.</p>}
          <Usage range={range} />
        </div>
      )}
    </>
  );
}

const SHOWN = 6;

function NearLimit({ parts, changed }: { parts: Parts; changed(): void }) {
  const sorted = [...parts.budgets].sort(byNearness);
  const near = sorted.filter((budget) => isNear(budget) || budget.uncertain_usd !== "0");
  const [nearest] = sorted;
  if (!nearest) return null;
  return (
    <Card title="Near a limit" aside={near.length > SHOWN ? `${near.length} budgets` : undefined}>
      {near.length === 0 ? (
        <p class="muted">
          Nobody. The nearest is {nearest.scope === "gateway" ? "the gateway" : `${nearest.scope} ${nearest.name}`} with{" "}
          {Math.floor(usedShare(nearest) * 100)} % of its budget {windowText(nearest)}.
        </p>
      ) : (
        <BudgetList budgets={near.slice(0, SHOWN)} named changed={changed} />
      )}
    </Card>
  );
}

function NewLevels({ parts, made }: { parts: Parts; made(): void }) {
  const say = useToast();
  const [kind, setKind] = useState<Kind>();
  const [shown, setShown] = useState<ShownKey>();
  return (
    <>
      {(["keys", "teams", "customers"] as const).map((one) => (
        <button
          key={one}
          type="button"
          class={one === "keys" ? "button primary" : "button"}
          onClick={() => setKind(one)}
        >
          <Icon name="plus" />
          New {ONE[one]}
        </button>
      ))}
      {kind && (
        <LevelForm
          kind={kind}
          teams={parts.teams.map(({ name }) => name)}
          customers={parts.customers.map(({ name }) => name)}
          onClose={() => setKind(undefined)}
          onSaved={({ name, key }) => {
            setKind(undefined);
            if (key === undefined) say("ok", `The ${ONE[kind]} ${name} is there.`);
            else setShown({ name, secret: key });
            made();
          }}
        />
      )}
      {shown && <KeyShown {...shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
