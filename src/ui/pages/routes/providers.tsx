import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Empty } from "../../components/empty.tsx";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { RecordActions } from "./record-actions.tsx";
import type { ProviderView } from "./types.ts";

export interface ProvidersProps {
  providers: readonly ProviderView[];
  range: Range;
  edit(view: ProviderView): void;
  changed(): void;
}

const PROVIDERS_LINE = 'providers: { openai: { type: "openai", keys: [env("OPENAI_API_KEY")] } },';

/** Who is called, at which address, with how many keys. */
export function Providers({ providers, range, edit, changed }: ProvidersProps) {
  return (
    <Card title="Providers">
      <DataTable
        caption="Providers"
        rows={providers}
        rowKey={({ id }) => id}
        empty={
          <Empty title="No provider is declared." command={PROVIDERS_LINE}>
            Put one into the configuration, set a variable such as OPENAI_API_KEY, or add one here.
          </Empty>
        }
        columns={[
          {
            title: "Name",
            main: true,
            cell: ({ name, state, fault }) => (
              <>
                <a href={link("/ui/requests", { provider: name, from: `-${range.name}` })}>{name}</a>{" "}
                {state !== "active" && <Badge tone="warn">{state}</Badge>}
                {fault !== null && <div class="bad small">{fault}</div>}
              </>
            ),
          },
          { title: "Type", cell: ({ type }) => type },
          {
            title: "Address",
            cell: ({ type, baseUrl }) =>
              baseUrl === null ? (
                <span class="muted">{type === "simulated" ? "in this process" : "the vendor's"}</span>
              ) : (
                <code>{baseUrl}</code>
              ),
          },
          { title: "Keys", cell: ({ keys }) => (keys.length === 0 ? <span class="muted">none</span> : keysText(keys)) },
          {
            title: "Origin",
            numeric: true,
            cell: (view) => <RecordActions kind="providers" view={view} edit={() => edit(view)} changed={changed} />,
          },
        ]}
      />
    </Card>
  );
}

function keysText(keys: ProviderView["keys"]): string {
  return keys.map(({ name, weight }) => (weight === 1 ? name : `${name} (weight ${weight})`)).join(", ");
}
