/** Gateway, customers, teams, keys and end users in one table; who is near a limit stands first among their like. */
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { Field } from "../../components/field.tsx";
import { count, money } from "../../format.ts";
import { link, useQuery } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { BudgetLine } from "./budget-line.tsx";
import { StateBadges } from "./state-badges.tsx";
import { matching, type Node } from "./tree.ts";
import { pathOf } from "./types.ts";

const INDENT_PX = 18;

export function Hierarchy({ nodes, range }: { nodes: readonly Node[]; range: Range }) {
  const [{ text }, setQuery] = useQuery({ text: "" });
  const shown = matching(nodes, text);
  const keys = nodes.filter(({ scope }) => scope === "key").length;
  return (
    <Card title="Who may call, and spend" aside={`${keys} ${keys === 1 ? "key" : "keys"} · spent in the ${range.last}`}>
      <div class="find">
        <Field label="Find">
          <input
            type="search"
            name="text"
            placeholder="Name, id or first characters of a key"
            value={text}
            onInput={(event) => setQuery({ text: event.currentTarget.value }, { replace: true })}
          />
        </Field>
      </div>
      <DataTable
        caption="Gateway, customers, teams, keys and end users with their budgets"
        rows={shown}
        rowKey={(node) => `${node.depth} ${node.scope} ${node.record?.view.id ?? node.name}`}
        rowClass={({ scope }) => `level-${scope}`}
        empty={<Empty title={`Nothing here is called “${text}”.`} />}
        columns={[
          { title: "Name", main: true, cell: (node) => <Name node={node} /> },
          { title: "Nearest budget", cell: (node) => <Nearest node={node} /> },
          { title: "Limits", wideOnly: true, cell: ({ record }) => limitsText(record?.view.limits ?? null) },
          { title: "Requests", numeric: true, cell: (node) => <Calls node={node} range={range} /> },
          { title: "Spent", numeric: true, cell: ({ scope, costNanoUsd }) => scope !== "user" && money(costNanoUsd) },
        ]}
      />
    </Card>
  );
}

function Name({ node: { scope, name, record, depth } }: { node: Node }) {
  return (
    <div class="level-name" style={{ paddingInlineStart: `${depth * INDENT_PX}px` }}>
      <span>
        {record ? <a href={pathOf(record.kind, record.view.id)}>{name}</a> : <strong>{name}</strong>}
        {scope !== "gateway" && <span class="muted small"> {scope === "user" ? "end user" : scope}</span>}
        {record?.view.prefix && <span class="muted small mono"> {record.view.prefix}…</span>}
      </span>
      {record && <StateBadges view={record.view} />}
    </div>
  );
}

function Nearest({ node: { budgets } }: { node: Node }) {
  const [nearest, ...others] = budgets;
  if (!nearest) return <span class="muted">no budget of its own</span>;
  return (
    <>
      <BudgetLine budget={nearest} />
      {others.length > 0 && <span class="muted small">and {others.length} more</span>}
    </>
  );
}

/** Keys and teams are filters of the request log; the gateway's calls are all of it. */
function Calls({ node: { scope, name, requests }, range }: { node: Node; range: Range }) {
  if (scope === "user") return null;
  if (scope === "customer") return <span>{count(requests)}</span>;
  const filter = scope === "gateway" ? {} : { [scope]: name };
  return <a href={link("/ui/requests", { ...filter, from: `-${range.name}` })}>{count(requests)}</a>;
}

function limitsText(limits: Record<string, number> | null) {
  const SHORT: Record<string, string> = {
    requestsPerMinute: "req/min",
    tokensPerMinute: "tok/min",
    requestsPerDay: "req/day",
    maxConcurrent: "at once",
  };
  const set = Object.entries(limits ?? {});
  if (set.length === 0) return null;
  return <span class="small">{set.map(([name, value]) => `${count(value)} ${SHORT[name] ?? name}`).join(" · ")}</span>;
}
