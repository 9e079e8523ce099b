import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";

export interface FormDialogProps {
  title: string;
  /** On the button that sends. */
  action: string;
  busy: boolean;
  /** What no field shows. */
  fault: { message: string /** Somebody else was quicker. */; isLost?: boolean } | undefined;
  /** Begins anew with what it is now. */
  startOver(): void;
  onSubmit(): void;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog that makes or changes something. */
export function FormDialog({ title, action, busy, fault, startOver, onSubmit, onClose, children }: FormDialogProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        {children}
        {fault && (
          <div class="error-panel" role="alert">
            <div>{fault.message}</div>
            {fault.isLost && (
              <button type="button" class="button" onClick={startOver}>
                Show what it is now
              </button>
            )}
          </div>
        )}
        <div class="actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
