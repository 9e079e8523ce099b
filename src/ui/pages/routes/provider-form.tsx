/** A provider, made here or changed. Secrets go in and never come out: a key that keeps its secret is left empty. */
import { useState } from "preact/hooks";
import { ChoiceField, MoreField, TextField } from "./form-fields.tsx";
import { type KeyDraft, KeyFields, keySettings, NO_KEY } from "./key-fields.tsx";
import { moreOf, readMore } from "./more-settings.ts";
import { needsAddress, PROVIDER_TYPES, SPECIAL_FIELDS, type SpecialField, specialFieldsOf } from "./provider-types.ts";
import { RecordForm } from "./record-form.tsx";
import type { ProviderView } from "./types.ts";

export interface ProviderFormProps {
  /** Absent: a new one. */
  view: ProviderView | undefined;
  etag: string | null;
  reopen(): void;
  onClose(): void;
  onSaved(): void;
}

const MORE = ["headers", "forwardHeaders", "timeouts", "deployments"];
const MORE_EXAMPLE = '{ "timeouts": { "connectMs": 2000 } }';
const FIELDS = ["name", "type", "baseUrl", "keys", "more", ...Object.keys(SPECIAL_FIELDS)];

export function ProviderForm({ view, ...ends }: ProviderFormProps) {
  const [name, setName] = useState(view?.name ?? "");
  const [type, setType] = useState(view?.type ?? "openai");
  const [baseUrl, setBaseUrl] = useState(view?.baseUrl ?? "");
  const [keys, setKeys] = useState<KeyDraft[]>(() => (view ? view.keys.map(draftOf) : [NO_KEY]));
  const [special, setSpecial] = useState<SpecialValues>(() => specialOf(view));
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
    <RecordForm kind="providers" view={view} body={body} fields={FIELDS} {...ends}>
      {(errorOf) => (
        <>
          {!view && (
            <TextField
              name="name"
              label="Name"
              hint="Targets are called by it: name/model."
              value={name}
              error={errorOf("name")}
              onValue={setName}
            />
          )}
          <ChoiceField
            name="type"
            label="Type"
            options={PROVIDER_TYPES}
            value={type}
            error={errorOf("type")}
            onValue={setType}
          />
          <TextField
            name="baseUrl"
            label="Address"
            hint={needsAddress(type) ? "A public https address." : "Only where it is not the vendor's own."}
            placeholder="https://api.example.com/v1"
            value={baseUrl}
            error={errorOf("baseUrl")}
            onValue={setBaseUrl}
          />
          <SpecialFields type={type} values={special} errorOf={errorOf} onChange={setSpecial} />
          <KeyFields drafts={keys} isAws={type === "bedrock"} error={errorOf("keys")} onChange={setKeys} />
          <MoreField names={MORE} placeholder={MORE_EXAMPLE} value={more} error={errorOf("more")} onValue={setMore} />
        </>
      )}
    </RecordForm>
  );
}

type SpecialValues = Partial<Record<SpecialField, string>>;

interface SpecialFieldsProps {
  type: string;
  values: SpecialValues;
  errorOf(field: string): string | undefined;
  onChange(values: SpecialValues): void;
}

function SpecialFields({ type, values, errorOf, onChange }: SpecialFieldsProps) {
  return specialFieldsOf(type).map((field) => (
    <TextField
      key={field}
      name={field}
      {...SPECIAL_FIELDS[field]}
      value={values[field] ?? ""}
      error={errorOf(field)}
      onValue={(value) => onChange({ ...values, [field]: value })}
    />
  ));
}

function draftOf({ name, weight }: ProviderView["keys"][number]): KeyDraft {
  return { name, secret: "", accessKeyId: "", weight: String(weight), isKept: true };
}

function specialOf(view: ProviderView | undefined): SpecialValues {
  const entries = Object.keys(SPECIAL_FIELDS).map((field) => [field, view?.[field]]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}
