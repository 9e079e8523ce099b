/**
 * Secrets of secrets managers are read again every `secrets.refreshMs`, and at once when a provider refuses a key that
 * came from one: that is how a rotation shows itself first. Only a value that is another one changes anything.
 */
import type { Clock, Log } from "../canonical/deps.ts";
import type { CallRecord, RecordSink } from "../canonical/record.ts";
import type { Loaded } from "../config/load.ts";
import type { SecretManagers } from "../config/managers/managers.ts";
import { readKey } from "../config/managers/reference.ts";
import { isInside } from "../config/path.ts";

/** Between two readings that refused keys ask for: a key that stays wrong must not become a storm on the manager. */
export const REFUSED_PAUSE_MS = 10_000;

export interface RefreshOptions {
  managers: SecretManagers;
  clock: Clock;
  log: Log;
  /** The configuration in force. */
  inForce(): Pick<Loaded, "config" | "managed" | "secretAt">;
  /** Puts the values that were read last in force; false where that could not be. */
  apply(): Promise<boolean>;
  /** Gives refused keys another chance. */
  forgive(): void;
}

export interface SecretRefresh {
  /** Watches for keys that were refused. */
  sink: RecordSink;
  /** The configuration was loaded, its secrets just read: the next reading is an interval away. */
  restart(): void;
  stop(): void;
}

export function createSecretRefresh(options: RefreshOptions): SecretRefresh {
  const { clock, log, inForce } = options;
  let cancelNext: (() => void) | undefined;
  let cancelRefused: (() => void) | undefined;
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  let appliedAtMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  let stopped = false;

  const restart = () => {
    cancelNext?.();
    const { config, managed } = inForce();
    const idle = stopped || !config || managed.length === 0;
    cancelNext = idle ? undefined : clock.after(config.secrets.refreshMs, () => void run());
  };
  const run = () => {
    running ??= refresh(options)
      .then((changed) => {
        if (changed) appliedAtMs = clock.now();
      })
      .catch((error: unknown) => log("error", "secrets were read again, but not put in force", { error }))
      .finally(() => {
        running = undefined;
        restart();
      });
    return running;
  };
  const refused = () => {
    if (stopped || cancelRefused) return;
    const waitMs = refusedAtMs + REFUSED_PAUSE_MS - clock.now();
    const begin = () => {
      cancelRefused = undefined;
      refusedAtMs = clock.now();
      void run();
    };
    if (waitMs <= 0) begin();
    else cancelRefused = clock.after(waitMs, begin);
  };

  return {
    sink(record) {
      const { managed } = inForce();
      if (managed.length === 0) return;
      for (const { provider, class: failure, startMs } of record.attempts) {
        if (failure !== "auth" || !isManaged(managed, provider)) continue;
        // Sent with the old key, refused after the new one came: that says nothing against the new one.
        if (beganAtMs(record, startMs) < appliedAtMs) options.forgive();
        else refused();
      }
    },
    restart,
    stop() {
      stopped = true;
      cancelNext?.();
      cancelRefused?.();
    },
  };
}

function beganAtMs({ startedAtMs }: CallRecord, startMs: number): number {
  return startedAtMs + startMs;
}

function isManaged(managed: Loaded["managed"], provider: string): boolean {
  return managed.some(({ place }) => isInside(place, ["providers", provider]));
}

/** Whether other values than before are in force now. */
async function refresh({ managers, inForce, apply, log }: RefreshOptions): Promise<boolean> {
  const { managed, secretAt } = inForce();
  const reads = await managers.fetch(managed);
  const changed = managed.filter((use) => {
    const read = reads.get(readKey(use));
    return read !== undefined && "value" in read && read.value !== secretAt(use.place);
  });
  if (changed.length === 0) return false;
  log("info", "secrets have changed", { places: changed.map(({ place }) => place) });
  return apply();
}
