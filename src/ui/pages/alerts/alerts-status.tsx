import { Icon } from "../../components/icon.tsx";
import type { Rule } from "./types.ts";

/** The answer first: is anything wrong by the rules? */
export function AlertsStatus({ rules }: { rules: readonly Rule[] }) {
  const firing = rules.filter(({ state }) => state === "firing");
  const pending = rules.filter(({ state }) => state === "pending");
  const tone = firing.length > 0 ? "bad" : pending.length > 0 ? "warn" : "ok";
  return (
    <div class={`status-line ${tone}`} role="status">
      <Icon name={tone === "ok" ? "check" : "warning"} />
      <div>
        <p class="status-title">{titleOf(rules.length, firing.length, pending.length)}</p>
        {pending.length > 0 && (
          <p class="small">
            {pending.map(({ rule }) => rule).join(", ")}: the condition holds, but not for long enough yet.
          </p>
        )}
      </div>
    </div>
  );
}

function titleOf(all: number, firing: number, pending: number): string {
  if (firing > 0) return firing === 1 ? "One alert is firing." : `${firing} alerts are firing.`;
  if (pending > 0) return pending === 1 ? "One alert is about to fire." : `${pending} alerts are about to fire.`;
  return all === 1 ? "The one rule is content." : `All ${all} rules are content.`;
}
