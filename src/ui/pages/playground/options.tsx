import type { ModelEntry } from "../../api/use-models.ts";
import { Field } from "../../components/field.tsx";

export interface Options {
  system: string;
  temperature: string;
  maxTokens: string;
  cache: string;
  explain: boolean;
}

export const NO_OPTIONS: Options = { system: "", temperature: "", maxTokens: "", cache: "", explain: true };

const CACHE = [
  ["", "As configured"],
  ["off", "Leave it out"],
  ["refresh", "Ask anew and keep"],
  ["only", "Nothing else"],
] as const;

export interface OptionFieldsProps {
  options: Options;
  models: readonly ModelEntry[];
  model: string;
  chooseModel(model: string): void;
  onChange(options: Options): void;
}

/** The model and what goes along with each message. */
export function OptionFields({ options, models, model, chooseModel, onChange }: OptionFieldsProps) {
  const set = (changes: Partial<Options>) => onChange({ ...options, ...changes });
  return (
    <div class="stack">
      <ModelChoice models={models} model={model} chooseModel={chooseModel} />
      <Field label="System prompt">
        <textarea
          name="system"
          value={options.system}
          onInput={(event) => set({ system: event.currentTarget.value })}
        />
      </Field>
      <div class="limit-fields">
        <Field label="Temperature">
          <input
            name="temperature"
            inputMode="decimal"
            placeholder="the model's"
            value={options.temperature}
            onInput={(event) => set({ temperature: event.currentTarget.value })}
          />
        </Field>
        <Field label="Max tokens">
          <input
            name="maxTokens"
            inputMode="numeric"
            placeholder="the model's"
            value={options.maxTokens}
            onInput={(event) => set({ maxTokens: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Field label="Cache" hint="x-evergate-cache">
        <select name="cache" value={options.cache} onChange={(event) => set({ cache: event.currentTarget.value })}>
          {CACHE.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      <label class="check-row">
        <input
          type="checkbox"
          name="explain"
          checked={options.explain}
          onChange={(event) => set({ explain: event.currentTarget.checked })}
        />
        <span>Keep why each target was chosen</span>
      </label>
    </div>
  );
}

function ModelChoice({ models, model, chooseModel }: Pick<OptionFieldsProps, "models" | "model" | "chooseModel">) {
  const open = models.filter(({ owned_by }) => owned_by === "evergate");
  const direct = models.filter(({ owned_by }) => owned_by !== "evergate");
  return (
    <Field label="Model">
      <select name="model" value={model} onChange={(event) => chooseModel(event.currentTarget.value)}>
        <optgroup label="Models">
          {open.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </optgroup>
        {direct.length > 0 && (
          <optgroup label="One target, without fallback">
            {direct.map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </Field>
  );
}
