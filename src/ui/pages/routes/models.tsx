/** Every public model; many can be narrowed down by a part of a name. */
import type { AttemptStatsRow, Target } from "../../api/types.ts";
import { Empty } from "../../components/empty.tsx";
import { useQuery } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { ModelCard } from "./model-card.tsx";
import { namesOf } from "./target-state.ts";
import type { ModelView } from "./types.ts";

export interface ModelsProps {
  models: readonly ModelView[];
  keys: ReadonlyMap<string, readonly Target[]>;
  attempts: readonly (AttemptStatsRow & { model: string })[];
  range: Range;
  edit(model: ModelView): void;
  changed(): void;
}

/** Fewer are seen at a glance. */
const FILTER_FROM = 6;

const MODELS_LINE = 'models: { fast: ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"] },';

export function Models({ models, edit, ...rest }: ModelsProps) {
  const [{ text }, setQuery] = useQuery({ text: "" });
  const wanted = text.toLowerCase();
  const shown = models.filter((model) => `${model.name} ${namesOf(model).join(" ")}`.toLowerCase().includes(wanted));
  if (models.length === 0)
    return (
      <Empty
        title="No public model is declared: a bare model name goes to the provider that serves it, provider/model to that one."
        command={MODELS_LINE}
      >
        A public model has a name of its own and several targets, so that one can stand in for another. Write it into
        the configuration, or add it here:
      </Empty>
    );
  return (
    <>
      {models.length > FILTER_FROM && (
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
        <ModelCard key={model.id} model={model} models={models} edit={() => edit(model)} {...rest} />
      ))}
      {shown.length === 0 && <Empty title={`No model has “${text}” in its name or targets.`} />}
    </>
  );
}
