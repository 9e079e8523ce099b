/** The frame of a form that makes or changes a provider or model: sends it, and puts each fault beside its field. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useToast } from "../../components/toast.tsx";
import { useApi } from "../../session.tsx";

export interface RecordFormProps {
  kind: "models" | "providers";
  /** Absent: a new one. */
  view: { id: string; name: string } | undefined;
  /** Of what the form began with: two people at the same one do not undo each other's work. */
  etag: string | null;
  /** Begins anew with what it is now. */
  reopen(): void;
  /** The body of the request. Throws a FieldError for what cannot be sent. */
  body(): Record<string, unknown>;
  /** First parts of the API's `param` that have a field of their own. */
  fields: readonly string[];
  onClose(): void;
  onSaved(): void;
  children(errorOf: (field: string) => string | undefined): ComponentChildren;
}

/** What is wrong before the gateway was asked. */
export class FieldError extends Error {
  constructor(
    readonly field: string,
    message: string,
  ) {
    super(message);
    this.name = "FieldError";
  }
}

export function RecordForm({ kind, view, etag, reopen, body, fields, onClose, onSaved, children }: RecordFormProps) {
  const api = useApi();
  const say = useToast();
  const [error, setError] = useState<Fault>();
  const [busy, setBusy] = useState(false);
  const one = kind === "models" ? "model" : "provider";
  const submit = async () => {
    setBusy(true);
    try {
      const sent = body();
      const headers: Record<string, string> = etag === null ? {} : { "if-match": etag };
      if (view) await api.send("PATCH", `/admin/${kind}/${encodeURIComponent(view.id)}`, sent, { headers });
      else await api.send("POST", `/admin/${kind}`, sent);
      say("ok", `The ${one} ${view?.name ?? String(sent["name"])} is in force.`);
      onSaved();
    } catch (thrown) {
      setError(faultOf(thrown));
      setBusy(false);
    }
  };
  const known = error !== undefined && fields.includes(error.field);
  return (
    <FormDialog
      title={view ? `Edit ${view.name}` : `New ${one}`}
      action={view ? "Save" : `Add ${one}`}
      busy={busy}
      fault={known ? undefined : error}
      startOver={reopen}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {children((field) => (error?.field === field ? error.message : undefined))}
    </FormDialog>
  );
}

interface Fault {
  field: string;
  message: string;
  /** Somebody else was quicker. */
  isLost?: boolean;
}

function faultOf(thrown: unknown): Fault {
  if (thrown instanceof ApiError && thrown.status === 412)
    return {
      field: "",
      message: "Somebody has changed it since you opened this form. Nothing was saved.",
      isLost: true,
    };
  if (thrown instanceof FieldError) return { field: thrown.field, message: thrown.message };
  // `keys[0].secret` and `targets[1]` are told at the field they lie in.
  if (thrown instanceof ApiError) return { field: thrown.param?.split(/[.[]/)[0] ?? "", message: thrown.message };
  return { field: "", message: String(thrown) };
}
