import { Badge } from "../../components/badge.tsx";
import { useConfirm } from "../../components/confirm.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi, useHolder } from "../../session.tsx";

export interface RecordActionsProps {
  kind: "models" | "providers";
  view: { id: string; name: string; origin: "file" | "api"; state: string };
  edit(): void;
  changed(): void;
}

/** Edit and delete of what was made here; a mark on what the file declares. */
export function RecordActions({ kind, view, edit, changed }: RecordActionsProps) {
  const api = useApi();
  const confirm = useConfirm();
  const action = useAction();
  const isAdmin = useHolder().role === "admin";
  if (view.origin === "file")
    return (
      <Badge title="Declared in the configuration file or the environment: it can be changed only there.">
        from the file
      </Badge>
    );
  if (!isAdmin) return <Badge title="Made by the admin API or the dashboard">made here</Badge>;
  const remove = async () => {
    const one = kind === "models" ? "model" : "provider";
    const text =
      kind === "models"
        ? "Clients who ask for it get 404 model_not_found from the next call on."
        : "Its keys are forgotten. That cannot be undone.";
    if (!(await confirm({ title: `Delete the ${one} ${view.name}?`, text, action: "Delete" }))) return;
    const path = `/admin/${kind}/${encodeURIComponent(view.id)}`;
    await action(() => api.send("DELETE", path), `The ${one} ${view.name} is gone.`);
    changed();
  };
  return (
    <span class="row record-actions">
      {view.state !== "shadowed" && (
        <button type="button" class="button small" aria-label={`Edit ${view.name}`} onClick={edit}>
          Edit
        </button>
      )}
      <button type="button" class="button small" aria-label={`Delete ${view.name}`} onClick={() => void remove()}>
        Delete
      </button>
    </span>
  );
}
