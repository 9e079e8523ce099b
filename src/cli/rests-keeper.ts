/** Rests of keys and targets survive a restart: a Retry-After or a spent quota is obeyed by the next process too. */
import type { Deps } from "../canonical/deps.ts";
import type { Rest, Rests } from "../router/rests.ts";
import type { SettingsPort } from "../store/ports.ts";

const SETTING = "resting_keys";

export async function restoreRests(rests: Rests, settings: SettingsPort): Promise<void> {
  const kept = await settings.get(SETTING);
  if (kept === null) return;
  rests.restore(JSON.parse(kept) as { id: string; rest: Rest }[]);
}

/** Saves every `intervalMs` what has changed; the returned function saves once more and stops. */
export function keepRests(
  rests: Rests,
  settings: SettingsPort,
  { clock, log }: Deps,
  intervalMs: number,
): () => Promise<void> {
  let saved = "[]";
  let cancel: () => void;
  const save = async () => {
    // A drained target rests without end and is an operator's decision of this process.
    const finite = rests.entries(clock.now()).filter(({ rest }) => Number.isFinite(rest.untilMs));
    const text = JSON.stringify(finite);
    if (text === saved) return;
    saved = text;
    await settings.set(SETTING, text);
  };
  const tick = () => {
    save().catch((cause) => log("warn", "resting keys were not saved", { cause }));
    cancel = clock.after(intervalMs, tick);
  };
  cancel = clock.after(intervalMs, tick);
  return async () => {
    cancel();
    await save();
  };
}
