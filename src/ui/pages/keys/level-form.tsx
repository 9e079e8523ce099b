/** A key, team or customer, made or changed. Two people at the same one do not undo each other's work. */
import { useState } from "preact/hooks";
import { ApiError } from "../../api/client.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useApi } from "../../session.tsx";
import { type Draft, draftOf, LevelFields, settingsOf } from "./level-fields.tsx";
import { type Kind, type Level, ONE } from "./types.ts";

export interface Edited {
  view: Level;
  /** Of what the form began with. */
  etag: string | null;
}

export interface LevelFormProps {
  kind: Kind;
  /** Absent: a new one. */
  edited?: Edited;
  /** A new one's team or customer, where it is plain which. */
  within?: { team?: string; customer?: string };
  teams: readonly string[];
  customers: readonly string[];
  onClose(): void;
  /** With the secret of a new key. */
  onSaved(view: Level & { key?: string }): void;
}

export function LevelForm({ kind, edited, within = {}, teams, customers, onClose, onSaved }: LevelFormProps) {
  const api = useApi();
  const [base, setBase] = useState(edited);
  const [draft, setDraft] = useState<Draft>(() => ({ ...draftOf(edited?.view), ...within }));
  const [fault, setFault] = useState<{ field: string; message: string; isLost?: boolean }>();
  const [busy, setBusy] = useState(false);
  const path = `/admin/${kind}${base ? `/${encodeURIComponent(base.view.id)}` : ""}`;
  const save = async () => {
    setBusy(true);
    try {
      const body = settingsOf(kind, draft, base?.view);
      const headers: Record<string, string> = base?.etag ? { "if-match": base.etag } : {};
      onSaved(await api.send<Level & { key?: string }>(base ? "PATCH" : "POST", path, body, { headers }));
    } catch (thrown) {
      setFault(faultOf(thrown));
      setBusy(false);
    }
  };
  const startOver = async () => {
    const { body, etag } = await api.read<Level>(path);
    setBase({ view: body, etag });
    setDraft(draftOf(body));
    setFault(undefined);
  };
  const errorOf = (field: string) => (fault?.field === field ? fault.message : undefined);
  return (
    <FormDialog
      title={base ? `Edit ${base.view.name}` : `New ${ONE[kind]}`}
      action={base ? "Save" : `Create ${ONE[kind]}`}
      busy={busy}
      fault={fault && !FIELDS.includes(fault.field) ? fault : undefined}
      startOver={() => void startOver().catch(() => onClose())}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      <LevelFields
        kind={kind}
        isNew={!base}
        draft={draft}
        teams={teams}
        customers={customers}
        errorOf={errorOf}
        onChange={setDraft}
      />
    </FormDialog>
  );
}

/** Those that show their own faults. */
const FIELDS = [
  "name",
  "team",
  "customer",
  "budgets",
  "limits",
  "perUser",
  "models",
  "providers",
  "tags",
  "expires",
  "ips",
];

function faultOf(thrown: unknown): { field: string; message: string; isLost?: boolean } {
  if (!(thrown instanceof ApiError)) return { field: "tags", message: String((thrown as Error).message) };
  if (thrown.status === 412)
    return {
      field: "",
      message: "Somebody has changed it since you opened this form. Nothing was saved.",
      isLost: true,
    };
  // `budgets[0].limitUsd` is told at the field it lies in.
  return { field: thrown.param?.split(/[.[]/)[0] ?? "", message: thrown.message };
}
