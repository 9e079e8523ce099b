import type { StatsRow, Target } from "../../api/types.ts";
import type { Tone } from "../../components/badge.tsx";
import { Icon } from "../../components/icon.tsx";
import { count } from "../../format.ts";
import type { Range } from "../../ranges.ts";

export interface StatusLineProps {
  /** Absent for whoever may not see them. */
  targets: readonly Target[] | undefined;
  row: StatsRow | undefined;
  range: Range;
}

/** The answer to the first question, in a sentence: is everything up? */
export function StatusLine({ targets, row, range }: StatusLineProps) {
  const out = targets ? targetsOut(targets) : [];
  const drained = [...new Set(targets?.filter(isDrained).map(({ target }) => target))];
  const [tone, title, text] = statusOf(out, targets, row, range);
  return (
    <div class={`status-line ${tone}`} role="status">
      <Icon name={tone === "ok" ? "check" : "warning"} />
      <div>
        <p class="status-title">{title}</p>
        {text && <p class="small">{text}</p>}
        {drained.length > 0 && <p class="small">Taken out of service by an operator: {drained.join(", ")}.</p>}
        {out.length > 0 && (
          <ul class="plain small">
            {out.map(({ target, reason }) => (
              <li key={target}>
                <strong>{target}</strong>: {reason}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

interface Out {
  target: string;
  reason: string;
}

/** Targets of which no key can be used now, but for those that an operator took out. */
export function targetsOut(rows: readonly Target[]): Out[] {
  const byTarget = new Map<string, Target[]>();
  for (const row of rows) if (!isDrained(row)) byTarget.set(row.target, [...(byTarget.get(row.target) ?? []), row]);
  return [...byTarget].flatMap(([target, keys]) => {
    const isOut = keys.every(({ state, resting_until }) => state === "open" || resting_until !== null);
    return isOut ? [{ target, reason: keys[0]?.reason ?? "not in use" }] : [];
  });
}

function isDrained({ reason }: Target): boolean {
  return reason === "resting: drained";
}

function statusOf(
  out: readonly Out[],
  targets: readonly Target[] | undefined,
  row: StatsRow | undefined,
  range: Range,
): [Tone, string, string?] {
  const all = new Set(targets?.filter((row) => !isDrained(row)).map(({ target }) => target)).size;
  const failed = row?.server_errors ?? 0;
  const rescued = row ? row.failovers : 0;
  const lately = `in the ${range.last}`;
  if (all > 0 && out.length === all) return ["bad", "Everything is down.", "No target can take a call."];
  if (out.length > 0) {
    const targetsText = out.length === 1 ? "one target is" : `${out.length} targets are`;
    return failed > 0
      ? ["bad", `Some calls failed ${lately}, and ${targetsText} out.`, failuresText(failed)]
      : ["warn", `Clients are served, but ${targetsText} out.`, rescuedText(rescued, lately)];
  }
  if (failed > 0)
    return ["warn", targets ? "Everything is up now." : "Some calls failed.", `${failuresText(failed)} ${lately}.`];
  if (targets?.length === 0 && !row) return ["ok", "The gateway is up.", "No provider has been called yet."];
  return ["ok", targets ? "Everything is up." : "Every call was answered.", rescuedText(rescued, lately)];
}

function failuresText(failed: number): string {
  return `${count(failed)} ${failed === 1 ? "call" : "calls"} ended with an error of a provider or the gateway`;
}

function rescuedText(rescued: number, lately: string): string | undefined {
  if (rescued === 0) return undefined;
  return `${count(rescued)} ${rescued === 1 ? "call" : "calls"} went to another target ${lately}.`;
}
