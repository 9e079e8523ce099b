import { useId } from "preact/hooks";
import { Icon } from "../../components/icon.tsx";
import { TakeOut, WeightInput } from "./row-parts.tsx";

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
  return (
    <fieldset class="field">
      <legend>Targets</legend>
      <datalist id={id}>
        {known.map((target) => (
          <option key={target} value={target} />
        ))}
      </datalist>
      {drafts.map((draft, index) => (
        <TargetField
          key={index}
          draft={draft}
          number={index + 1}
          list={id}
          isInvalid={error !== undefined}
          isOnly={drafts.length === 1}
          put={(change) => onChange(drafts.map((old, at) => (at === index ? { ...old, ...change } : old)))}
          earlier={() => onChange(drafts.toSpliced(index, 1).toSpliced(index - 1, 0, draft))}
          takeOut={() => onChange(drafts.toSpliced(index, 1))}
        />
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

interface TargetFieldProps {
  draft: TargetDraft;
  /** From 1. */
  number: number;
  /** Id of the list to choose from. */
  list: string;
  isInvalid: boolean;
  isOnly: boolean;
  put(change: Partial<TargetDraft>): void;
  earlier(): void;
  takeOut(): void;
}

function TargetField({ draft, number, list, isInvalid, isOnly, put, earlier, takeOut }: TargetFieldProps) {
  return (
    <div class="target-field">
      <input
        aria-label={`Target ${number}`}
        placeholder="provider/model"
        list={list}
        spellcheck={false}
        autoComplete="off"
        aria-invalid={isInvalid}
        value={draft.target}
        onInput={(event) => put({ target: event.currentTarget.value })}
      />
      <WeightInput of={`target ${number}`} value={draft.weight} put={(weight) => put({ weight })} />
      <button
        type="button"
        class="button quiet icon-only"
        aria-label={`Try target ${number} earlier`}
        title="Earlier"
        disabled={number === 1}
        onClick={earlier}
      >
        <Icon name="up" />
      </button>
      <TakeOut of={`target ${number}`} takeOut={takeOut} disabled={isOnly} />
    </div>
  );
}
