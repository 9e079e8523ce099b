import type { ComponentChildren } from "preact";

export interface FieldProps {
  label: string;
  hint?: ComponentChildren;
  /** The gateway's own word on this field. */
  error?: string | undefined;
  /** One input, select or textarea. */
  children: ComponentChildren;
}

/** A labelled control of a form. */
export function Field({ label, hint, error, children }: FieldProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
    <label class="field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <span class="muted small">{hint}</span>}
      {error !== undefined && (
        <span class="field-error" role="alert">
          {error}
        </span>
      )}
    </label>
  );
}
