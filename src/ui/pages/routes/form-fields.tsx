/** Fields that both forms have. */
import type { ComponentChildren } from "preact";
import { Field } from "../../components/field.tsx";

export interface TextFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  placeholder?: string;
  value: string;
  error: string | undefined;
  onValue(value: string): void;
}

export function TextField({ name, label, hint, placeholder, value, error, onValue }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      <input
        name={name}
        spellcheck={false}
        autoComplete="off"
        placeholder={placeholder}
        aria-invalid={error !== undefined}
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Field>
  );
}

export interface ChoiceFieldProps extends Omit<TextFieldProps, "placeholder"> {
  options: readonly string[];
}

export function ChoiceField({ name, label, hint, value, error, options, onValue }: ChoiceFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      <select name={name} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {options.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </Field>
  );
}

export interface MoreFieldProps {
  names: readonly string[];
  placeholder: string;
  value: string;
  error: string | undefined;
  onValue(value: string): void;
}

/** Settings without a field of their own. */
export function MoreField({ names, placeholder, value, error, onValue }: MoreFieldProps) {
  return (
    <details open={value !== ""}>
      <summary>More settings</summary>
      <Field label="As JSON" hint={`Any of ${names.join(", ")}.`} error={error}>
        <textarea
          name="more"
          class="mono"
          spellcheck={false}
          placeholder={placeholder}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      </Field>
    </details>
  );
}
