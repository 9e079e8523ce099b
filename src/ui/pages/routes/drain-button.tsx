import { useConfirm } from "../../components/confirm.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi, useHolder } from "../../session.tsx";

export interface DrainButtonProps {
  target: string;
  isDrained: boolean;
  /** Public models that have it. */
  users: readonly string[];
  changed(): void;
}

/** Takes a target out of service, or puts it back. Shown to whoever may. */
export function DrainButton({ target, isDrained, users, changed }: DrainButtonProps) {
  const api = useApi();
  const confirm = useConfirm();
  const action = useAction();
  if (useHolder().role !== "admin") return null;
  const act = async () => {
    const asked = await confirm(isDrained ? restoring(target) : draining(target, users));
    if (!asked) return;
    const path = `/admin/targets/${encodeURIComponent(target)}/${isDrained ? "restore" : "drain"}`;
    await action(() => api.send("POST", path), `${target} is ${isDrained ? "back in service" : "drained"}.`);
    changed();
  };
  return (
    <button
      type="button"
      class="button small"
      aria-label={`${isDrained ? "Restore" : "Drain"} ${target}`}
      onClick={() => void act()}
    >
      {isDrained ? "Restore" : "Drain"}
    </button>
  );
}

function draining(target: string, users: readonly string[]) {
  const text =
    users.length === 0
      ? "No call goes there until it is restored."
      : `No new call of ${users.join(", ")} goes there until it is restored; other targets take them. Calls under way end by themselves.`;
  return { title: `Drain ${target}?`, text: `${text} A restart of the gateway restores it too.`, action: "Drain" };
}

function restoring(target: string) {
  return { title: `Restore ${target}?`, text: "Calls go there again from the next one on.", action: "Restore" };
}
