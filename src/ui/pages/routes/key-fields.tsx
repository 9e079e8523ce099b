import { Icon } from "../../components/icon.tsx";
import { TakeOut, WeightInput } from "./row-parts.tsx";

export interface KeyDraft {
  /** Empty: `key-1`, `key-2` … by position. */
  name: string;
  /** Empty for one that keeps what it has. */
  secret: string;
  /** Of AWS, whose `secret` is the secret access key. */
  accessKeyId: string;
  weight: string;
  /** It has a secret already. */
  isKept: boolean;
}

export const NO_KEY: KeyDraft = { name: "", secret: "", accessKeyId: "", weight: "", isKept: false };

export interface KeyFieldsProps {
  drafts: readonly KeyDraft[];
  isAws: boolean;
  error: string | undefined;
  onChange(drafts: KeyDraft[]): void;
}

/** The pool of a provider's keys. */
export function KeyFields({ drafts, isAws, error, onChange }: KeyFieldsProps) {
  return (
    <fieldset class="field">
      <legend>Keys</legend>
      <span class="muted small">Stored encrypted, never shown again.</span>
      {drafts.map((draft, index) => (
        <KeyField
          key={index}
          draft={draft}
          number={index + 1}
          isAws={isAws}
          isInvalid={error !== undefined}
          put={(change) => onChange(drafts.map((old, at) => (at === index ? { ...old, ...change } : old)))}
          takeOut={() => onChange(drafts.toSpliced(index, 1))}
        />
      ))}
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
      <button type="button" class="button small self-start" onClick={() => onChange([...drafts, NO_KEY])}>
        <Icon name="plus" />
        Key
      </button>
    </fieldset>
  );
}

interface KeyFieldProps {
  draft: KeyDraft;
  /** From 1. */
  number: number;
  isAws: boolean;
  isInvalid: boolean;
  put(change: Partial<KeyDraft>): void;
  takeOut(): void;
}

function KeyField({ draft, number, isAws, isInvalid, put, takeOut }: KeyFieldProps) {
  return (
    <div class={isAws ? "key-field aws" : "key-field"}>
      <input
        aria-label={`Name of key ${number}`}
        placeholder={`key-${number}`}
        spellcheck={false}
        autoComplete="off"
        readOnly={draft.isKept}
        value={draft.name}
        onInput={(event) => put({ name: event.currentTarget.value })}
      />
      {isAws && (
        <input
          aria-label={`Access key id of key ${number}`}
          placeholder={draft.isKept ? "kept as it is" : "access key id"}
          spellcheck={false}
          autoComplete="off"
          value={draft.accessKeyId}
          onInput={(event) => put({ accessKeyId: event.currentTarget.value })}
        />
      )}
      <input
        type="password"
        aria-label={`Secret of key ${number}`}
        placeholder={draft.isKept ? "kept as it is" : "secret"}
        autoComplete="new-password"
        aria-invalid={isInvalid}
        value={draft.secret}
        onInput={(event) => put({ secret: event.currentTarget.value })}
      />
      <WeightInput of={`key ${number}`} value={draft.weight} put={(weight) => put({ weight })} />
      <TakeOut of={`key ${number}`} takeOut={takeOut} />
    </div>
  );
}

/** As the admin API takes them; null where there is none. */
export function keySettings(drafts: readonly KeyDraft[]): unknown[] | null {
  const given = drafts.filter(({ isKept, secret, accessKeyId }) => isKept || secret !== "" || accessKeyId !== "");
  if (given.length === 0) return null;
  return given.map(({ name, secret, accessKeyId, weight }) => ({
    ...(name.trim() !== "" && { name: name.trim() }),
    ...(accessKeyId !== "" ? { accessKeyId, secretAccessKey: secret } : secret !== "" && { secret }),
    ...(weight.trim() !== "" && { weight: Number(weight) }),
  }));
}
