import { Icon } from "../../components/icon.tsx";

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
  const put = (index: number, change: Partial<KeyDraft>) =>
    onChange(drafts.map((draft, at) => (at === index ? { ...draft, ...change } : draft)));
  return (
    <fieldset class="field">
      <legend>Keys</legend>
      <span class="muted small">Stored encrypted, never shown again.</span>
      {drafts.map((draft, index) => (
        <div class={isAws ? "key-field aws" : "key-field"} key={index}>
          <input
            aria-label={`Name of key ${index + 1}`}
            placeholder={`key-${index + 1}`}
            spellcheck={false}
            autoComplete="off"
            readOnly={draft.isKept}
            value={draft.name}
            onInput={(event) => put(index, { name: event.currentTarget.value })}
          />
          {isAws && (
            <input
              aria-label={`Access key id of key ${index + 1}`}
              placeholder={draft.isKept ? "kept as it is" : "access key id"}
              spellcheck={false}
              autoComplete="off"
              value={draft.accessKeyId}
              onInput={(event) => put(index, { accessKeyId: event.currentTarget.value })}
            />
          )}
          <input
            type="password"
            aria-label={`Secret of key ${index + 1}`}
            placeholder={draft.isKept ? "kept as it is" : "secret"}
            autoComplete="new-password"
            aria-invalid={error !== undefined}
            value={draft.secret}
            onInput={(event) => put(index, { secret: event.currentTarget.value })}
          />
          <input
            aria-label={`Weight of key ${index + 1}`}
            placeholder="weight"
            inputMode="decimal"
            value={draft.weight}
            onInput={(event) => put(index, { weight: event.currentTarget.value })}
          />
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={`Take key ${index + 1} out`}
            title="Take out"
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
      <button type="button" class="button small self-start" onClick={() => onChange([...drafts, NO_KEY])}>
        <Icon name="plus" />
        Key
      </button>
    </fieldset>
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
