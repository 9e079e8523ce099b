import { useState } from "preact/hooks";
import { Dialog } from "../../components/dialog.tsx";
import { Field } from "../../components/field.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi } from "../../session.tsx";
import type { Level } from "./types.ts";

const HOUR_MS = 3_600_000;
const GRACES = [
  ["0", "Not at all: it stops now"],
  [String(HOUR_MS), "An hour more"],
  [String(24 * HOUR_MS), "A day more"],
  [String(7 * 24 * HOUR_MS), "A week more"],
] as const;

export interface RotateFormProps {
  view: Level;
  onClose(): void;
  onRotated(secret: string): void;
}

/** A new secret for a key; the old one may go on working for a while. */
export function RotateForm({ view, onClose, onRotated }: RotateFormProps) {
  const api = useApi();
  const action = useAction();
  const [graceMs, setGraceMs] = useState(String(HOUR_MS));
  const rotate = async (event: Event) => {
    event.preventDefault();
    const path = `/admin/keys/${encodeURIComponent(view.id)}/rotate`;
    const made = await action(() => api.send<{ key: string }>("POST", path, { graceMs: Number(graceMs) }));
    if (made) onRotated(made.key);
  };
  return (
    <Dialog title={`Rotate ${view.name}`} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void rotate(event)}>
        <p>The key gets a new secret, which works at once.</p>
        <Field label="The old secret works for" hint="A second rotation ends the first secret at once.">
          <select name="graceMs" value={graceMs} onChange={(event) => setGraceMs(event.currentTarget.value)}>
            {GRACES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </Field>
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Rotate
          </button>
        </div>
      </form>
    </Dialog>
  );
}
