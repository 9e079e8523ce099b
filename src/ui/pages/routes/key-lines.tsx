import type { Target } from "../../api/types.ts";
import { Badge } from "../../components/badge.tsx";
import { Ago } from "../../components/time.tsx";
import { count } from "../../format.ts";
import { stateOfKey } from "./target-state.ts";

interface QuotaWindow {
  limit: number;
  remaining: number;
  resets_at: string | null;
}

/** What the provider said the key may still do. */
type Quota = { paced_per_minute?: number } & Partial<
  Record<"requests" | "tokens" | "input_tokens" | "output_tokens", QuotaWindow>
>;

/** Each key of a target: whether it can be used, why not and until when, and what is left of its quota. */
export function KeyLines({ keys }: { keys: readonly Target[] }) {
  return (
    <ul class="plain key-lines small">
      {keys.map((row) => {
        const { tone, word, why, until } = stateOfKey(row);
        const quota = quotaText((row as Target & { quota: Quota | null }).quota);
        return (
          <li key={row.key}>
            <span class="row">
              <span class="grow">
                {row.key === "none" ? <span class="muted">no key</span> : row.key}
                {row.in_flight > 0 && <span class="muted"> · {count(row.in_flight)} in flight</span>}
              </span>
              {word !== "up" && <Badge tone={tone}>{word}</Badge>}
            </span>
            {why !== undefined && (
              <span class="key-why">
                {why}
                {until !== undefined && (
                  <>
                    , back <Ago at={until} />
                  </>
                )}
              </span>
            )}
            {quota !== "" && <span class="muted">{quota}</span>}
          </li>
        );
      })}
    </ul>
  );
}

function quotaText(quota: Quota | null): string {
  if (!quota) return "";
  const { paced_per_minute: pace, ...windows } = quota;
  const parts = Object.entries(windows).map(
    ([name, window]) => `${count(window.remaining)} of ${count(window.limit)} ${name.replace("_", " ")} left`,
  );
  if (pace !== undefined) parts.push(`held to ${count(pace)} calls a minute after a 429`);
  return parts.join(" · ");
}
