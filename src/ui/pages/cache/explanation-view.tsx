import { Badge } from "../../components/badge.tsx";
import { useConfirm } from "../../components/confirm.tsx";
import { CopyButton } from "../../components/copy-button.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { DateTime } from "../../components/time.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi, useHolder } from "../../session.tsx";
import type { Explanation } from "./types.ts";

const TITLES = {
  miss: "Asked upstream",
  exact: "The stored answer of an equal request",
  semantic: "The stored answer of a question that means the same",
};

export function ExplanationView({ explanation, changed }: { explanation: Explanation; changed(): void }) {
  const { request_id: id, at, model, mode, status, reason, served, considered, judge, verified } = explanation;
  return (
    <div class="explanation stack">
      <p>
        <Badge tone={status === "miss" ? "neutral" : "ok"}>{status}</Badge> <strong>{TITLES[status]}.</strong>{" "}
        {reason !== null && <>Because: {reason}.</>}
      </p>
      <p class="small muted">
        <a href={`/ui/requests/${encodeURIComponent(id)}`}>The request</a>, model {model}, mode {mode},{" "}
        <DateTime at={at} />
      </p>
      {served && (
        <div class="row small">
          <span class="grow">
            Served: <Entry id={served.id} />
            {served.score !== null && ` score ${served.score.toFixed(3)}`}
            {served.cell !== null && `, evidence of ${served.cell}`}
          </span>
          <TakeOut id={served.id} changed={changed} />
        </div>
      )}
      {judge && (
        <p class="small">The judge said {judge.yes ? "yes: it means the same" : "no: it means something else"}.</p>
      )}
      {verified && (
        <p class="small">
          Compared with a fresh answer:{" "}
          <strong class={verified.same ? "ok" : "bad"}>{verified.same ? "right" : "wrong"}</strong>, by {verified.by},
          counted for {verified.cell}.
        </p>
      )}
      {considered.length > 0 && (
        <DataTable
          caption="Stored questions that were looked at"
          rows={considered}
          rowKey={(row) => row.id}
          columns={[
            { title: "Entry", main: true, cell: (row) => <Entry id={row.id} /> },
            { title: "Level", numeric: true, cell: (row) => `${row.level} of 6` },
            { title: "Cosine", numeric: true, cell: (row) => row.cosine.toFixed(3) },
            { title: "Not served because", cell: (row) => row.reason ?? <span class="muted">served</span> },
          ]}
        />
      )}
    </div>
  );
}

function Entry({ id }: { id: string }) {
  return (
    <span class="entry">
      <code title={id}>{id.slice(0, SHOWN_DIGITS)}…</code>
      <CopyButton text={id} label="Copy the entry's id" />
    </span>
  );
}

const SHOWN_DIGITS = 10;

function TakeOut({ id, changed }: { id: string; changed(): void }) {
  const api = useApi();
  const confirm = useConfirm();
  const action = useAction();
  if (useHolder().role !== "admin") return null;
  const act = async () => {
    const text = "The next such question is answered upstream. That cannot be undone.";
    if (!(await confirm({ title: "Take this entry out?", text, action: "Take out" }))) return;
    await action(() => api.send("DELETE", `/admin/cache?id=${id}`), "The entry is gone.");
    changed();
  };
  return (
    <button type="button" class="button small" onClick={() => void act()}>
      Take out
    </button>
  );
}
