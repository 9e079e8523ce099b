/** Where calls go: public models with their targets in order, what state these are in, and what makes them. */
import { useState } from "preact/hooks";
import type { AttemptStatsRow, List, Stats, Target } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { Empty } from "../components/empty.tsx";
import { ErrorPanel } from "../components/error-panel.tsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Segmented } from "../components/segmented.tsx";
import { useQuery } from "../location.tsx";
import { useHolder } from "../session.tsx";
import { FIRST_RANGE, RANGES, rangeOf } from "./overview/ranges.ts";
import { ModelCard } from "./routes/model-card.tsx";
import { ModelForm } from "./routes/model-form.tsx";
import { OtherTargets } from "./routes/other-targets.tsx";
import { ProviderForm } from "./routes/provider-form.tsx";
import { Providers } from "./routes/providers.tsx";
import { RoutesStatus } from "./routes/routes-status.tsx";
import { byTarget, namesOf } from "./routes/target-state.ts";
import type { ModelView, ProviderView } from "./routes/types.ts";

/** Breakers and rests change within seconds. */
const TARGETS_REFRESH_MS = 3_000;
const MODELS_REFRESH_MS = 30_000;

type Editing = { kind: "model"; view?: ModelView } | { kind: "provider"; view?: ProviderView };

const MODELS_LINE = 'models: { fast: ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"] },';

export function Routes() {
  const [{ range: name, text }, setQuery] = useQuery({ range: FIRST_RANGE, text: "" });
  const range = rangeOf(name);
  const isAdmin = useHolder().role === "admin";
  const [editing, setEditing] = useState<Editing>();
  const models = useData<List<ModelView>>("/admin/models?limit=1000", MODELS_REFRESH_MS);
  const providers = useData<List<ProviderView>>("/admin/providers?limit=1000", MODELS_REFRESH_MS);
  const targets = useData<List<Target>>("/admin/targets", TARGETS_REFRESH_MS);
  const attempts = useData<Stats<AttemptStatsRow & { model: string }>>(
    `/admin/stats/attempts?from=-${range.name}&group_by=model,target`,
    range.refreshMs,
  );
  const error = models.error ?? targets.error ?? providers.error;
  const keys = byTarget(targets.data?.data ?? []);
  const all = models.data?.data ?? [];
  const shown = all.filter((model) =>
    `${model.name} ${namesOf(model).join(" ")}`.toLowerCase().includes(text.toLowerCase()),
  );
  const close = () => setEditing(undefined);
  const saved = () => {
    close();
    for (const data of [models, providers, targets]) data.reload();
  };
  return (
    <>
      <PageHead title="Routes">
        <Segmented
          name="range"
          label="Range of the traffic shown"
          initial={FIRST_RANGE}
          value={range.name}
          options={RANGES.map(({ name, text }) => [name, text])}
        />
        {isAdmin && (
          <>
            <button type="button" class="button" onClick={() => setEditing({ kind: "provider" })}>
              <Icon name="plus" />
              Provider
            </button>
            <button type="button" class="button primary" onClick={() => setEditing({ kind: "model" })}>
              <Icon name="plus" />
              Model
            </button>
          </>
        )}
      </PageHead>
      {error && <ErrorPanel error={error} retry={saved} />}
      {models.data && targets.data && (
        <div class="overview">
          <RoutesStatus keys={keys} />
          {all.length > FILTER_FROM && (
            <input
              type="search"
              class="route-filter"
              placeholder="Model, provider or target"
              aria-label="Show models with this in their name or targets"
              value={text}
              onInput={(event) => setQuery({ text: event.currentTarget.value }, { replace: true })}
            />
          )}
          {shown.map((model) => (
            <ModelCard
              key={model.id}
              model={model}
              models={all}
              keys={keys}
              attempts={attempts.data?.data ?? []}
              range={range}
              changed={saved}
              edit={() => setEditing({ kind: "model", view: model })}
            />
          ))}
          {all.length > 0 && shown.length === 0 && <Empty title={`No model has “${text}” in its name or targets.`} />}
          {all.length === 0 && (
            <Empty title="No public model is declared: clients use provider/model names." command={MODELS_LINE}>
              A public model has a name of its own and several targets, so that one can stand in for another. Write it
              into the configuration, or add it here:
            </Empty>
          )}
          <OtherTargets models={all} keys={keys} changed={targets.reload} />
          {providers.data && (
            <Providers
              providers={providers.data.data}
              range={range}
              changed={saved}
              edit={(view) => setEditing({ kind: "provider", view })}
            />
          )}
        </div>
      )}
      {editing?.kind === "model" && (
        <ModelForm view={editing.view} targets={[...keys.keys()]} models={all} onClose={close} onSaved={saved} />
      )}
      {editing?.kind === "provider" && <ProviderForm view={editing.view} onClose={close} onSaved={saved} />}
    </>
  );
}

/** Fewer are seen at a glance. */
const FILTER_FROM = 6;
