import { lowestOf, scoreText } from "./comparison.ts";
import type { ScoreRow } from "./types.ts";

/** A mean with its 95 % confidence interval, on the whole scale. */
export function ScoreBar({ row, isFallback }: { row: ScoreRow; isFallback: boolean }) {
  const lowest = lowestOf(row.eval);
  const place = (score: number) => ((score - lowest) / (1 - lowest)) * 100;
  const [low, high] = [place(row.ci_low), place(row.ci_high)];
  return (
    <span
      class={isFallback ? "score-track fallback" : "score-track"}
      role="img"
      aria-label={`${scoreText(row.eval, row.mean)}, with 95 % confidence ${scoreText(row.eval, row.ci_low)} to ${scoreText(row.eval, row.ci_high)}`}
      title={`${row.ci_low} to ${row.ci_high} with 95 % confidence`}
    >
      <span class="score-interval" style={{ left: `${low}%`, width: `${Math.max(0.5, high - low)}%` }} />
      <span class="score-mean" style={{ left: `${place(row.mean)}%` }} />
    </span>
  );
}
