import { useId } from "preact/hooks";
import { Icon } from "../../components/icon.tsx";

export interface TargetDraft {
  target: string;
  weight: string;
}

export interface TargetFieldsProps {
  drafts: readonly TargetDraft[];
  /** To choose from. */
  known: readonly string[];
  error: string | undefined;
  onChange(drafts: TargetDraft[]): void;
}

/** The targets of a model, in the order in which they are tried. */
export function TargetFields({ drafts, known, error, onChange }: TargetFieldsProps) {
  const id = useId();
  const put = (index: number, change: Partial<TargetDraft>) =>
    onChange(drafts.map((draft, at) => (at === index ? { ...draft, ...change } : draft)));
  const up = (index: number) => onChange(drafts.toSpliced(index, 1).toSpliced(index - 1, 0, drafts[index]!));
  return (
    <fieldset class="field">
      <legend>Targets</legend>
      <datalist id={id}>
        {known.map((target) => (
          <option key={target} value={target} />
        ))}
      </datalist>
      {drafts.map((draft, index) => (
        <div class="target-field" key={index}>
          <input
            aria-label={`Target ${index + 1}`}
            placeholder="provider/model"
            list={id}
            spellcheck={false}
            autoComplete="off"
            aria-invalid={error !== undefined}
            value={draft.target}
            onInput={(event) => put(index, { target: event.currentTarget.value })}
          />
          <input
            aria-label={`Weight of target ${index + 1}`}
            placeholder="weight"
            inputMode="decimal"
            value={draft.weight}
            onInput={(event) => put(index, { weight: event.currentTarget.value })}
          />
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={`Try target ${index + 1} earlier`}
            title="Earlier"
            disabled={index === 0}
            onClick={() => up(index)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={`Take target ${index + 1} out`}
            title="Take out"
            disabled={drafts.length === 1}
            onClick={() => onChange(drafts.toSpliced(index, 1))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
      <button
        type="button"
        class="button small self-start"
        onClick={() => onChange([...drafts, { target: "", weight: "" }])}
      >
        <Icon name="plus" />
        Target
      </button>
    </fieldset>
  );
}
