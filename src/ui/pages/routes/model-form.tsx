/** A public model, made here or changed. */
import { useState } from "preact/hooks";
import { ChoiceField, MoreField, TextField } from "./form-fields.tsx";
import { moreOf, readMore } from "./more-settings.ts";
import { RecordForm } from "./record-form.tsx";
import { type TargetDraft, TargetFields } from "./target-fields.tsx";
import type { ModelView } from "./types.ts";

export interface ModelFormProps {
  /** Absent: a new one. */
  view: ModelView | undefined;
  etag: string | null;
  reopen(): void;
  /** Known targets, to choose from. */
  targets: readonly string[];
  models: readonly ModelView[];
  onClose(): void;
  onSaved(): void;
}

const STRATEGIES = ["fallback", "weighted", "round-robin", "latency", "cost", "least-busy"];
const MORE = ["timeouts", "affinity", "continuation", "contextTokens", "cache"];
const MORE_EXAMPLE = '{ "timeouts": { "firstTokenMs": 4000 } }';
const FIELDS = ["name", "strategy", "targets", "fallbacks", "more"];

const NAME_HINT = (
  <>
    What clients put into <code>model</code>.
  </>
);

export function ModelForm({ view, targets, models, ...ends }: ModelFormProps) {
  const [name, setName] = useState(view?.name ?? "");
  const [strategy, setStrategy] = useState(view?.strategy ?? "fallback");
  const [drafts, setDrafts] = useState<TargetDraft[]>(view ? view.targets.map(draftOf) : [{ target: "", weight: "" }]);
  const [fallbacks, setFallbacks] = useState((view?.fallbacks ?? []).join(", "));
  const [more, setMore] = useState(view ? moreOf({ ...view }, MORE) : "");
  const body = () => {
    const stand = listOf(fallbacks);
    return {
      ...(view ? {} : { name: name.trim() }),
      strategy,
      targets: drafts.filter(({ target }) => target.trim() !== "").map(settingOf),
      ...(view || stand.length > 0 ? { fallbacks: stand.length > 0 ? stand : null } : {}),
      ...readMore(more, MORE, view !== undefined),
    };
  };
  return (
    <RecordForm kind="models" view={view} body={body} fields={FIELDS} {...ends}>
      {(errorOf) => (
        <>
          {!view && (
            <TextField
              name="name"
              label="Name"
              hint={NAME_HINT}
              value={name}
              error={errorOf("name")}
              onValue={setName}
            />
          )}
          <ChoiceField
            name="strategy"
            label="Strategy"
            hint="Which target comes first. The rest follow on failure."
            options={STRATEGIES}
            value={strategy}
            error={errorOf("strategy")}
            onValue={setStrategy}
          />
          <TargetFields drafts={drafts} known={targets} error={errorOf("targets")} onChange={setDrafts} />
          <TextField
            name="fallbacks"
            label="Fallbacks"
            hint={fallbacksHint(models)}
            value={fallbacks}
            error={errorOf("fallbacks")}
            onValue={setFallbacks}
          />
          <MoreField names={MORE} placeholder={MORE_EXAMPLE} value={more} error={errorOf("more")} onValue={setMore} />
        </>
      )}
    </RecordForm>
  );
}

function fallbacksHint(models: readonly ModelView[]): string {
  const names = models.length > 0 ? `: ${models.map(({ name }) => name).join(", ")}` : "";
  return `Models asked when all targets fail, with commas between${names}.`;
}

function draftOf(target: ModelView["targets"][number]): TargetDraft {
  if (typeof target === "string") return { target, weight: "" };
  return { target: target.target, weight: target.weight === undefined ? "" : String(target.weight) };
}

function settingOf({ target, weight }: TargetDraft): unknown {
  return weight.trim() === "" ? target.trim() : { target: target.trim(), weight: Number(weight) };
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
