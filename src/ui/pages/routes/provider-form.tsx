/** A provider, made here or changed. Secrets go in and never come out: a key that keeps its secret is left empty. */
import { useState } from "preact/hooks";
import { Field } from "../../components/field.tsx";
import { type KeyDraft, KeyFields, keySettings, NO_KEY } from "./key-fields.tsx";
import { moreOf, readMore } from "./more-settings.ts";
import { needsAddress, PROVIDER_TYPES, SPECIAL_FIELDS, type SpecialField, specialFieldsOf } from "./provider-types.ts";
import { RecordForm } from "./record-form.tsx";
import type { ProviderView } from "./types.ts";

export interface ProviderFormProps {
  /** Absent: a new one. */
  view: ProviderView | undefined;
  onClose(): void;
  onSaved(): void;
}

const MORE = ["headers", "forwardHeaders", "timeouts", "deployments"];
const FIELDS = ["name", "type", "baseUrl", "keys", "more", ...Object.keys(SPECIAL_FIELDS)];

export function ProviderForm({ view, onClose, onSaved }: ProviderFormProps) {
  const [name, setName] = useState(view?.name ?? "");
  const [type, setType] = useState(view?.type ?? "openai");
  const [baseUrl, setBaseUrl] = useState(view?.baseUrl ?? "");
  const [keys, setKeys] = useState<KeyDraft[]>(() => (view ? view.keys.map(draftOf) : [NO_KEY]));
  const [special, setSpecial] = useState<Partial<Record<SpecialField, string>>>(() => specialOf(view));
  const [more, setMore] = useState(view ? moreOf(view, MORE) : "");
  const settings = (): Record<string, unknown> => ({
    type,
    baseUrl: baseUrl.trim() || null,
    keys: keySettings(keys),
    ...Object.fromEntries(specialFieldsOf(type).map((field) => [field, special[field]?.trim() || null])),
    ...readMore(more, MORE, view !== undefined),
  });
  // A type without such a setting refuses it, also as nothing.
  const body = () => {
    const given = Object.entries(settings()).filter(([field, value]) => value !== null || view?.[field] != null);
    return { ...(view ? {} : { name: name.trim() }), ...Object.fromEntries(given) };
  };
  return (
    <RecordForm kind="providers" view={view} body={body} fields={FIELDS} onClose={onClose} onSaved={onSaved}>
      {(errorOf) => (
        <>
          {!view && (
            <Field label="Name" hint="Targets are called by it: name/model." error={errorOf("name")}>
              <Text name="name" value={name} onValue={setName} error={errorOf("name")} />
            </Field>
          )}
          <Field label="Type" error={errorOf("type")}>
            <select name="type" value={type} onChange={(event) => setType(event.currentTarget.value)}>
              {PROVIDER_TYPES.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </Field>
          <Field
            label="Address"
            hint={needsAddress(type) ? "A public https address." : "Only where it is not the vendor's own."}
            error={errorOf("baseUrl")}
          >
            <Text
              name="baseUrl"
              value={baseUrl}
              onValue={setBaseUrl}
              error={errorOf("baseUrl")}
              placeholder="https://api.example.com/v1"
            />
          </Field>
          {specialFieldsOf(type).map((field) => (
            <Field key={field} label={SPECIAL_FIELDS[field].label} error={errorOf(field)}>
              <Text
                name={field}
                value={special[field] ?? ""}
                onValue={(value) => setSpecial({ ...special, [field]: value })}
                error={errorOf(field)}
                placeholder={SPECIAL_FIELDS[field].placeholder}
              />
            </Field>
          ))}
          <KeyFields drafts={keys} isAws={type === "bedrock"} error={errorOf("keys")} onChange={setKeys} />
          <details open={more !== ""}>
            <summary>More settings</summary>
            <Field label="As JSON" hint={`Any of ${MORE.join(", ")}.`} error={errorOf("more")}>
              <textarea
                name="more"
                class="mono"
                spellcheck={false}
                placeholder='{ "timeouts": { "connectMs": 2000 } }'
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

interface TextProps {
  name: string;
  value: string;
  onValue(value: string): void;
  error: string | undefined;
  placeholder?: string;
}

function Text({ name, value, onValue, error, placeholder }: TextProps) {
  return (
    <input
      name={name}
      spellcheck={false}
      autoComplete="off"
      placeholder={placeholder}
      aria-invalid={error !== undefined}
      value={value}
      onInput={(event) => onValue(event.currentTarget.value)}
    />
  );
}

function draftOf({ name, weight }: ProviderView["keys"][number]): KeyDraft {
  return { name, secret: "", accessKeyId: "", weight: String(weight), isKept: true };
}

function specialOf(view: ProviderView | undefined): Partial<Record<SpecialField, string>> {
  const entries = Object.keys(SPECIAL_FIELDS).map((field) => [field, view?.[field]]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}
