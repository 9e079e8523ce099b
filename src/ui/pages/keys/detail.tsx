/** One key, team or customer: its budgets, what it may, what it used, and what may be done to it. */
import type { Budget } from "../../api/types.ts";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { PageHead } from "../../components/page-head.tsx";
import { RangePicker } from "../../components/range-picker.tsx";
import { count, money } from "../../format.ts";
import { link } from "../../location.tsx";
import { PageLink } from "../../page-link.tsx";
import type { Range } from "../../ranges.ts";
import { BudgetList } from "./budget-list.tsx";
import { LevelActions } from "./level-actions.tsx";
import { SettingsList } from "./settings-list.tsx";
import { StateBadges } from "./state-badges.tsx";
import { above, below, type Node, type Parts, treeOf } from "./tree.ts";
import { type Kind, type Level, ONE, pathOf } from "./types.ts";
import { Usage } from "./usage.tsx";
import { useRecords } from "./use-records.ts";

export function LevelPage({ kind, id, range }: { kind: Kind; id: string; range: Range }) {
  const { parts, error, reload } = useRecords(range);
  const nodes = parts ? treeOf(parts) : [];
  const at = nodes.findIndex(({ record }) => record?.kind === kind && record.view.id === id);
  const node = nodes[at];
  const view = node?.record?.view;
  return (
    <>
      <p class="crumbs small">
        <a href="/ui/keys">Budgets & keys</a>
      </p>
      <PageHead
        title={view ? view.name : "Budgets & keys"}
        lead={view && <Lead kind={kind} view={view} above={above(nodes, at)} />}
      >
        {view && (
          <LevelActions
            kind={kind}
            view={view}
            teams={parts!.teams.map(({ name }) => name)}
            customers={parts!.customers.map(({ name }) => name)}
            changed={reload}
          />
        )}
        <RangePicker range={range} />
      </PageHead>
      {error && <ErrorPanel error={error} retry={reload} />}
      {parts && !view && (
        <Empty title={`There is no such ${ONE[kind]} any more.`}>
          <a href="/ui/keys">To all of them</a>
        </Empty>
      )}
      {view && <LevelParts kind={kind} nodes={nodes} at={at} parts={parts!} range={range} changed={reload} />}
    </>
  );
}

interface LevelPartsProps {
  kind: Kind;
  nodes: readonly Node[];
  at: number;
  parts: Parts;
  range: Range;
  changed(): void;
}

function LevelParts({ kind, nodes, at, parts, range, changed }: LevelPartsProps) {
  const node = nodes[at]!;
  const view = node.record!.view;
  return (
    <div class="column">
      <div class="grid">
        <Budgets node={node} above={above(nodes, at)} changed={changed} />
        <SettingsList view={view} teams={parts.teams} customers={parts.customers} />
      </div>
      {kind !== "keys" && <Below nodes={below(nodes, at)} range={range} />}
      {kind !== "customers" && (
        <Usage
          range={range}
          only={{ [ONE[kind]]: view.name }}
          groups={kind === "teams" ? ["model", "key", "provider"] : ["model", "provider"]}
        />
      )}
      <p class="small">
        <PageLink
          path="/ui/settings"
          query={`?${new URLSearchParams({ show: "audit", resource: ONE[kind], resource_id: view.id })}`}
        >
          Who changed it, and when
        </PageLink>
      </p>
    </div>
  );
}

/** What it is and whose. */
function Lead({ kind, view, above: levels }: { kind: Kind; view: Level; above: readonly Node[] }) {
  const owners = levels.filter(({ record }) => record);
  return (
    <>
      {ONE[kind]}
      {owners.map(({ scope, name, record }) => (
        <span key={scope}>
          {" "}
          of {scope} {record!.view.id === "" ? name : <a href={pathOf(record!.kind, record!.view.id)}>{name}</a>}
        </span>
      ))}{" "}
      <StateBadges view={view} />
    </>
  );
}

interface BudgetsProps {
  node: Node;
  above: readonly Node[];
  changed(): void;
}

/** Its own, and those above it, which its calls have to fit into as well. */
function Budgets({ node, above: levels, changed }: BudgetsProps) {
  const others: Budget[] = levels.flatMap(({ budgets }) => budgets);
  return (
    <Card title="Budgets">
      {node.budgets.length > 0 ? (
        <BudgetList budgets={node.budgets} changed={changed} />
      ) : (
        <p class="muted">No budget of its own. Edit it to set one.</p>
      )}
      {others.length > 0 && (
        <>
          <h3 class="above-title">Its calls count here too</h3>
          <BudgetList budgets={others} named readOnly changed={changed} />
        </>
      )}
    </Card>
  );
}

function Below({ nodes, range }: { nodes: readonly Node[]; range: Range }) {
  return (
    <Card title="What belongs to it">
      <DataTable
        caption="Teams, keys and end users below it"
        rows={nodes}
        rowKey={({ scope, name, record }) => `${scope} ${record?.view.id ?? name}`}
        empty={<Empty title="Nothing yet. Make a key for it: Budgets & keys, New key." />}
        columns={[
          {
            title: "Name",
            main: true,
            cell: ({ record, name }) => (record ? <a href={pathOf(record.kind, record.view.id)}>{name}</a> : name),
          },
          { title: "Kind", cell: ({ scope }) => (scope === "user" ? "end user" : scope) },
          {
            title: "Used of its nearest budget",
            numeric: true,
            cell: ({ budgets, share }) => (budgets.length > 0 ? `${Math.round(share * 100)} %` : "–"),
          },
          {
            title: "Requests",
            numeric: true,
            cell: ({ scope, name, requests }) =>
              scope !== "user" && <Calls scope={scope} name={name} requests={requests} range={range} />,
          },
          { title: "Spent", numeric: true, cell: ({ scope, costNanoUsd }) => scope !== "user" && money(costNanoUsd) },
        ]}
      />
    </Card>
  );
}

function Calls({ scope, name, requests, range }: { scope: string; name: string; requests: number; range: Range }) {
  return <a href={link("/ui/requests", { [scope]: name, from: `-${range.name}` })}>{count(requests)}</a>;
}

export function isKind(text: string): text is Kind {
  return text === "keys" || text === "teams" || text === "customers";
}
