/** What rate limits have counted survives a restart, so that restarting is no way around a limit. */
import type { Deps } from "../canonical/deps.ts";
import type { Counters } from "../policies/counters.ts";
import type { SettingsPort } from "../store/ports.ts";

const SETTING = "rate_limits";

export async function restoreLimits(counters: Counters, settings: SettingsPort): Promise<void> {
  const kept = await settings.get(SETTING);
  if (kept !== null) counters.restore(JSON.parse(kept) as [string, number][]);
}

/** Saves every `intervalMs` what has changed; the returned function saves once more and stops. */
export function keepLimits(
  counters: Counters,
  settings: SettingsPort,
  { clock, log }: Deps,
  intervalMs: number,
): () => Promise<void> {
  let saved = "[]";
  let cancel: () => void;
  const save = async () => {
    const text = JSON.stringify(counters.entries());
    if (text === saved) return;
    saved = text;
    await settings.set(SETTING, text);
  };
  const tick = () => {
    save().catch((cause) => log("warn", "rate limits were not saved", { cause }));
    cancel = clock.after(intervalMs, tick);
  };
  cancel = clock.after(intervalMs, tick);
  return async () => {
    cancel();
    await save();
  };
}
