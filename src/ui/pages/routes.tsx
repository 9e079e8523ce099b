/** Where calls go: public models with their targets in order, what state these are in, and what makes them. */
import { useState } from "preact/hooks";
import type { AttemptStatsRow, List, Stats, Target } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { ErrorPanel } from "../components/error-panel.tsx";
import { Icon } from "../components/icon.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RangePicker, useRange } from "../components/range-picker.tsx";
import { useAction } from "../components/toast.tsx";
import { useApi, useHolder } from "../session.tsx";
import { ModelForm } from "./routes/model-form.tsx";
import { Models } from "./routes/models.tsx";
import { OtherTargets } from "./routes/other-targets.tsx";
import { ProviderForm } from "./routes/provider-form.tsx";
import { Providers } from "./routes/providers.tsx";
import { RoutesStatus } from "./routes/routes-status.tsx";
import { byTarget } from "./routes/target-state.ts";
import type { ModelView, ProviderView } from "./routes/types.ts";

/** Breakers and rests change within seconds. */
const TARGETS_REFRESH_MS = 3_000;
const MODELS_REFRESH_MS = 30_000;

/** `etag`: of the view as the form begins with it. */
type Editing = ({ kind: "model"; view?: ModelView } | { kind: "provider"; view?: ProviderView }) & {
  etag: string | null;
};

export function Routes() {
  const range = useRange();
  const isAdmin = useHolder().role === "admin";
  const { editing, add, edit, close } = useEditing();
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
  const saved = () => {
    close();
    for (const data of [models, providers, targets]) data.reload();
  };
  return (
    <>
      <PageHead title="Routes">
        <RangePicker range={range} label="Range of the traffic shown" />
        {isAdmin && <AddButtons add={add} />}
      </PageHead>
      {error && <ErrorPanel error={error} retry={saved} />}
      {models.data && targets.data && (
        <div class="overview">
          <RoutesStatus keys={keys} />
          <Models
            models={all}
            keys={keys}
            attempts={attempts.data?.data ?? []}
            range={range}
            changed={saved}
            edit={({ id }) => edit("model", id)}
          />
          <OtherTargets models={all} keys={keys} changed={targets.reload} />
          {providers.data && (
            <Providers
              providers={providers.data.data}
              range={range}
              changed={saved}
              edit={({ id }) => edit("provider", id)}
            />
          )}
        </div>
      )}
      {editing && (
        <Form
          // What somebody else has changed meanwhile is a form of its own.
          key={editing.etag}
          editing={editing}
          targets={[...keys.keys()]}
          models={all}
          reopen={() => editing.view && edit(editing.kind, editing.view.id)}
          onClose={close}
          onSaved={saved}
        />
      )}
    </>
  );
}

/** The form that is open, and what it begins with: read anew, for the list may be older. */
function useEditing() {
  const api = useApi();
  const action = useAction();
  const [editing, setEditing] = useState<Editing>();
  const edit = async (kind: Editing["kind"], id: string) => {
    const path = `/admin/${kind}s/${encodeURIComponent(id)}`;
    const read = await action(() => api.read<ModelView & ProviderView>(path));
    setEditing(read && { kind, view: read.body, etag: read.etag });
  };
  return {
    editing,
    add: (kind: Editing["kind"]) => setEditing({ kind, etag: null }),
    edit: (kind: Editing["kind"], id: string) => void edit(kind, id),
    close: () => setEditing(undefined),
  };
}

function AddButtons({ add }: { add(kind: Editing["kind"]): void }) {
  return (
    <>
      <button type="button" class="button" onClick={() => add("provider")}>
        <Icon name="plus" />
        Provider
      </button>
      <button type="button" class="button primary" onClick={() => add("model")}>
        <Icon name="plus" />
        Model
      </button>
    </>
  );
}

interface FormProps {
  editing: Editing;
  targets: readonly string[];
  models: readonly ModelView[];
  reopen(): void;
  onClose(): void;
  onSaved(): void;
}

function Form({ editing, targets, models, ...ends }: FormProps) {
  const { etag } = editing;
  if (editing.kind === "provider") return <ProviderForm view={editing.view} etag={etag} {...ends} />;
  return <ModelForm view={editing.view} etag={etag} targets={targets} models={models} {...ends} />;
}
