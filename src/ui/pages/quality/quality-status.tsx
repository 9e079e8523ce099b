import { Icon } from "../../components/icon.tsx";
import type { Range } from "../../ranges.ts";
import { type Comparison, scoreText, verdictOf } from "./comparison.ts";

/** The answer first: were answers worse where a fallback gave them? */
export function QualityStatus({ comparisons, range }: { comparisons: readonly Comparison[]; range: Range }) {
  const of = (wanted: string) => comparisons.filter((one) => verdictOf(one) === wanted);
  const worse = of("worse");
  const comparable = comparisons.length - of("nothing to compare").length;
  const tone = worse.length > 0 ? "warn" : "ok";
  return (
    <div class={`status-line ${tone}`} role="status">
      <Icon name={tone === "ok" ? "check" : "warning"} />
      <div>
        <p class="status-title">{titleOf(worse.length, comparable, range)}</p>
        <ul class="plain small">
          {worse.map(({ name, preferred, fallback }) => (
            <li key={name}>
              <strong>{name}</strong>: {scoreText(name, fallback!.mean)} instead of {scoreText(name, preferred!.mean)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function titleOf(worse: number, comparable: number, { last }: Range): string {
  if (worse > 0) return `In the ${last} answers were worse where a fallback gave them.`;
  if (comparable > 0) return `In the ${last} a fallback's answers were not seen to be worse.`;
  return `No fallback's answer was judged in the ${last}: there is nothing to compare.`;
}
