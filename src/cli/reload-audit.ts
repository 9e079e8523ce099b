/** The audit trail's row for a configuration that took the place of another. */
import type { JsonObject } from "../canonical/chat.ts";
import type { Config } from "../config/config.ts";
import type { Actor } from "../config/dynamic/access-book.ts";
import type { AuditEntry } from "../store/ports.ts";

/** Undefined when nothing is different. `effective` holds no secret. */
export function reloadEntry(
  old: Config,
  next: Config,
  { name, remoteAddress }: Actor,
  atMs: number,
): AuditEntry | undefined {
  const names = new Set([...Object.keys(old.effective), ...Object.keys(next.effective)]);
  const changed = [...names].filter(
    (section) => JSON.stringify(old.effective[section]) !== JSON.stringify(next.effective[section]),
  );
  if (changed.length === 0) return undefined;
  const sections = (settings: JsonObject) =>
    Object.fromEntries(changed.map((section) => [section, settings[section] ?? null]));
  return {
    atMs,
    actor: name,
    remoteAddress,
    action: "reload",
    resource: "configuration",
    resourceId: next.file ?? "environment",
    name: null,
    before: sections(old.effective),
    after: sections(next.effective),
  };
}

/** A saved file or SIGHUP. */
export const BY_FILE: Actor = { name: "file", remoteAddress: null };
