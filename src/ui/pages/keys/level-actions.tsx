/** What an admin does to a key, team or customer made here; a word on what the file declares. */
import { useState } from "preact/hooks";
import { useConfirm } from "../../components/confirm.tsx";
import { useAction, useToast } from "../../components/toast.tsx";
import { useLocation } from "../../location.tsx";
import { useApi, useHolder } from "../../session.tsx";
import { KeyShown } from "./key-shown.tsx";
import { type Edited, LevelForm } from "./level-form.tsx";
import { RotateForm } from "./rotate-form.tsx";
import { type Kind, type Level, ONE } from "./types.ts";

export interface LevelActionsProps {
  kind: Kind;
  view: Level;
  teams: readonly string[];
  customers: readonly string[];
  changed(): void;
}

export function LevelActions({ kind, view, teams, customers, changed }: LevelActionsProps) {
  const api = useApi();
  const action = useAction();
  const say = useToast();
  const { pause, remove } = useChanges(kind, view, changed);
  const [edited, setEdited] = useState<Edited>();
  if (useHolder().role !== "admin") return null;
  const path = `/admin/${kind}/${encodeURIComponent(view.id)}`;
  if (view.origin === "file")
    return (
      <span class="muted small">
        Declared in the configuration file: change it there, and it is in force once saved.
      </span>
    );
  const edit = async () => {
    const read = await action(() => api.read<Level>(path));
    if (read) setEdited({ view: read.body, etag: read.etag });
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void edit()}>
        Edit
      </button>
      {kind === "keys" && <Rotation view={view} changed={changed} />}
      <button type="button" class="button" onClick={() => void pause()}>
        {view.disabled ? "Enable" : "Disable"}
      </button>
      <button type="button" class="button danger" onClick={() => void remove()}>
        {kind === "keys" ? "Revoke" : "Delete"}
      </button>
      {edited && (
        <LevelForm
          kind={kind}
          edited={edited}
          teams={teams}
          customers={customers}
          onClose={() => setEdited(undefined)}
          onSaved={() => {
            setEdited(undefined);
            say("ok", `${view.name} is changed, from the next call on.`);
            changed();
          }}
        />
      )}
    </>
  );
}

/** A new secret, and the one time it is shown. */
function Rotation({ view, changed }: Pick<LevelActionsProps, "view" | "changed">) {
  const [rotates, setRotates] = useState(false);
  const [secret, setSecret] = useState<string>();
  return (
    <>
      <button type="button" class="button" onClick={() => setRotates(true)}>
        Rotate
      </button>
      {rotates && (
        <RotateForm
          view={view}
          onClose={() => setRotates(false)}
          onRotated={(made) => {
            setRotates(false);
            setSecret(made);
            changed();
          }}
        />
      )}
      {secret !== undefined && <KeyShown name={view.name} secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}

/** Pausing and taking away, each after a question. */
function useChanges(kind: Kind, view: Level, changed: () => void) {
  const api = useApi();
  const confirm = useConfirm();
  const action = useAction();
  const { navigate } = useLocation();
  const path = `/admin/${kind}/${encodeURIComponent(view.id)}`;
  const pause = async () => {
    const disabled = !view.disabled;
    const text = "Its calls get 403 key_disabled from the next one on, until it is enabled again.";
    if (disabled && !(await confirm({ title: `Disable ${view.name}?`, text, action: "Disable" }))) return;
    const done = disabled ? `${view.name} is disabled.` : `${view.name} is enabled.`;
    await action(() => api.send("PATCH", path, { disabled }), done);
    changed();
  };
  const remove = async () => {
    const verb = kind === "keys" ? "Revoke" : "Delete";
    const text =
      kind === "keys"
        ? "Its calls get 401 invalid_api_key from the next one on. That cannot be undone; its past calls stay in the log."
        : "It goes only when nothing belongs to it any more. Past calls stay in the log.";
    if (!(await confirm({ title: `${verb} ${view.name}?`, text, action: verb }))) return;
    const gone = await action(async () => {
      await api.send("DELETE", path);
      return true;
    }, `The ${ONE[kind]} ${view.name} is gone.`);
    if (gone) navigate("/ui/keys");
    changed();
  };
  return { pause, remove };
}
