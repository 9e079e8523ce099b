import { Badge } from "../../components/badge.tsx";
import { useNow } from "../../components/time.tsx";
import { ago, dateTime } from "../../format.ts";
import type { Level } from "./types.ts";

const SOON_MS = 7 * 86_400_000;

/** What keeps a level from being used, or soon will, and where it was declared. */
export function StateBadges({ view }: { view: Level }) {
  const now = useNow(60_000);
  const { disabled, expires, origin, previous_valid_until: previous } = view;
  const leftMs = expires === null ? Number.POSITIVE_INFINITY : Date.parse(expires) - now;
  return (
    <span class="row badges">
      {disabled && <Badge tone="bad">disabled</Badge>}
      {leftMs <= 0 && <Badge tone="bad">expired</Badge>}
      {expires !== null && leftMs > 0 && leftMs < SOON_MS && (
        <Badge tone="warn" title={dateTime(expires)}>
          expires {ago(expires, now)}
        </Badge>
      )}
      {previous && Date.parse(previous) > now && (
        <Badge tone="warn" title={`The secret before the last rotation works until ${dateTime(previous)}`}>
          two secrets
        </Badge>
      )}
      {origin === "file" && (
        <Badge title="Declared in the configuration file: it can be changed only there.">from the file</Badge>
      )}
    </span>
  );
}
