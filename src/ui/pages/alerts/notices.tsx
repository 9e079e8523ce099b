import { Badge } from "../../components/badge.tsx";
import { Ago } from "../../components/time.tsx";
import { count } from "../../format.ts";
import type { Notice } from "./types.ts";

/** Who has been told, and who could not be. */
export function Notices({ notices, isOver }: { notices: readonly Notice[]; isOver: boolean }) {
  if (notices.length === 0) return null;
  return (
    <ul class="plain notices small">
      {notices.map(({ channel, told, at, failures, error }) => (
        <li key={channel}>
          <span class="row">
            {channel}{" "}
            <Badge tone={failures > 0 ? "bad" : told === "nothing" ? "neutral" : "ok"}>{wordOf(told, failures)}</Badge>
            {at !== null && (
              <span class="muted">
                <Ago at={at} />
              </span>
            )}
          </span>
          {error !== null && (
            <span class="bad">
              {error} ({count(failures)} failed {failures === 1 ? "try" : "tries"}
              {isOver ? "" : ", it is tried again"})
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function wordOf(told: Notice["told"], failures: number): string {
  if (failures > 0) return "not taken";
  if (told === "nothing") return "not told";
  return told === "firing" ? "told" : "told that it is over";
}
