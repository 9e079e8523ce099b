/** Disk, database and clock of this machine. */
import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreOpenError } from "../../store/sqlite/open-error.ts";
import { openStore } from "../../store/sqlite/store.ts";
import type { Finding } from "./finding.ts";

const LOW_SPACE_BYTES = 1024 ** 3;
/** Signatures and tokens are refused from five minutes on; certificates and logs suffer before. */
const MAX_SKEW_MS = 60_000;

/** The nearest directory above `path` that exists is the one whose disk will be used. */
export function lookAtDisk(path: string): Finding {
  let directory = path;
  while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free for ${path}`;
  if (free >= LOW_SPACE_BYTES) return { area: "disk", subject: "data", verdict: "ok", detail };
  return {
    area: "disk",
    subject: "data",
    verdict: "warn",
    detail,
    remedy: "Free some space, or move store.path. On a full disk calls that need a write are refused with 503.",
  };
}

/**
 * Whether other users of the machine can read what is kept. The gateway makes everything for its owner alone; copies,
 * restores and `chmod -R` do not.
 */
export function lookAtPrivacy(path: string): Finding[] {
  const modeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  // Nobody gets through a directory that is its owner's alone.
  if ((modeOf(path) & OTHERS_ENTER) === 0) return [];
  const open = KEPT.filter((name) => (modeOf(`${path}/${name}`) & OTHERS_READ_OR_WRITE) !== 0);
  if (open.length === 0) return [];
  const detail = `other users of this machine may read or change ${open.join(", ")}`;
  const remedy = `chmod 700 ${path}`;
  return [{ area: "disk", subject: "data", verdict: "warn", detail, remedy }];
}

const KEPT = ["master.key", "state.db", "log.db"];
const OTHERS_ENTER = 0o011;
const OTHERS_READ_OR_WRITE = 0o066;

export async function lookAtDatabase(path: string): Promise<Finding> {
  const found = (verdict: Finding["verdict"], detail: string, remedy?: string): Finding => ({
    area: "database",
    subject: "store",
    verdict,
    detail,
    ...(remedy !== undefined && { remedy }),
  });
  // A look must not leave a data directory behind.
  if (!existsSync(path)) return found("ok", `${path} will be made on the first start`);
  try {
    const store = await openStore({ path });
    await store.close();
    return found("ok", "opened and checked");
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    if (error.inUse) return found("ok", "in use by a running gateway");
    return found(
      "fail",
      error.message,
      "Restore the directory from a backup, or point store.path elsewhere; nothing was changed.",
    );
  }
}

export function lookAtClock(skewsMs: readonly number[]): Finding {
  const subject = "clock";
  if (skewsMs.length === 0) return { area: "clock", subject, verdict: "skip", detail: "no provider told its time" };
  const worst = skewsMs.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  const detail = `${Math.round(Math.abs(worst) / 1000)} s ${worst > 0 ? "behind" : "ahead of"} the providers`;
  if (Math.abs(worst) <= MAX_SKEW_MS) return { area: "clock", subject, verdict: "ok", detail };
  return {
    area: "clock",
    subject,
    verdict: "fail",
    detail,
    remedy: "Set the clock (NTP): signatures and tokens are refused when it is off.",
  };
}
