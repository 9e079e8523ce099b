import type { Target } from "../../api/types.ts";
import { Icon } from "../../components/icon.tsx";
import { type State, stateOfTarget } from "./target-state.ts";

/** The answer first: can every target take a call? */
export function RoutesStatus({ keys }: { keys: ReadonlyMap<string, readonly Target[]> }) {
  if (keys.size === 0) return null;
  const states = [...keys].map(([target, rows]) => ({ target, state: stateOfTarget(rows) }));
  const isOut = ({ state }: { state: State }) => state.word === "failing" || state.word === "resting";
  const out = states.filter(isOut);
  const drained = states.filter(({ state }) => state.word === "drained");
  const tone = out.length === 0 ? "ok" : out.length === states.length ? "bad" : "warn";
  return (
    <div class={`status-line ${tone}`} role="status">
      <Icon name={tone === "ok" ? "check" : "warning"} />
      <div>
        <p class="status-title">{titleOf(states.length, out.length, drained.length)}</p>
        <ul class="plain small">
          {[...out, ...drained].map(({ target, state }) => (
            <li key={target}>
              <strong>{target}</strong>: {state.why ?? state.word}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function titleOf(all: number, out: number, drained: number): string {
  const aside = drained > 0 ? ` ${drained} drained by an operator.` : "";
  if (out === 0) return `${all - drained} of ${all} targets take calls.${aside}`;
  if (out + drained === all) return `No target takes calls.${aside}`;
  return `${out} of ${all} targets ${out === 1 ? "is" : "are"} out; the others take the calls.${aside}`;
}
