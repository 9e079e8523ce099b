/** A public model, made here or changed. */
import { useState } from "preact/hooks";
import { Field } from "../../components/field.tsx";
import { moreOf, readMore } from "./more-settings.ts";
import { RecordForm } from "./record-form.tsx";
import { type TargetDraft, TargetFields } from "./target-fields.tsx";
import type { ModelView } from "./types.ts";

export interface ModelFormProps {
  /** Absent: a new one. */
  view: ModelView | undefined;
  /** Known targets, to choose from. */
  targets: readonly string[];
  models: readonly ModelView[];
  onClose(): void;
  onSaved(): void;
}

const STRATEGIES = ["fallback", "weighted", "round-robin", "latency", "cost", "least-busy"];
const MORE = ["timeouts", "affinity", "continuation", "contextTokens", "cache"];
const FIELDS = ["name", "strategy", "targets", "fallbacks", "more"];

export function ModelForm({ view, targets, models, onClose, onSaved }: ModelFormProps) {
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
    <RecordForm kind="models" view={view} body={body} fields={FIELDS} onClose={onClose} onSaved={onSaved}>
      {(errorOf) => (
        <>
          {!view && (
            <Field
              label="Name"
              hint={
                <>
                  What clients put into <code>model</code>.
                </>
              }
              error={errorOf("name")}
            >
              <input
                name="name"
                required
                spellcheck={false}
                autoComplete="off"
                aria-invalid={errorOf("name") !== undefined}
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </Field>
          )}
          <Field
            label="Strategy"
            hint="Which target comes first. The rest follow on failure."
            error={errorOf("strategy")}
          >
            <select name="strategy" value={strategy} onChange={(event) => setStrategy(event.currentTarget.value)}>
              {STRATEGIES.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </Field>
          <TargetFields drafts={drafts} known={targets} error={errorOf("targets")} onChange={setDrafts} />
          <Field
            label="Fallbacks"
            hint={`Models asked when all targets fail, with commas between${models.length > 0 ? `: ${models.map((one) => one.name).join(", ")}` : ""}.`}
            error={errorOf("fallbacks")}
          >
            <input
              name="fallbacks"
              spellcheck={false}
              autoComplete="off"
              value={fallbacks}
              onInput={(event) => setFallbacks(event.currentTarget.value)}
            />
          </Field>
          <details open={more !== ""}>
            <summary>More settings</summary>
            <Field label="As JSON" hint={`Any of ${MORE.join(", ")}.`} error={errorOf("more")}>
              <textarea
                name="more"
                class="mono"
                spellcheck={false}
                placeholder='{ "timeouts": { "firstTokenMs": 4000 } }'
                value={more}
                onInput={(event) => setMore(event.currentTarget.value)}
              />
            </Field>
          </details>
        </>
      )}
    </RecordForm>
  );
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
