import { count } from "../../format.ts";

/** What became of the sampled answers. */
export function Counts({ since }: { since: { scored: number; failed: number; dropped: number } }) {
  return (
    <p class="muted small">
      Since the start {count(since.scored)} scores were given, {count(since.failed)} judgements failed,{" "}
      {count(since.dropped)} answers were left out because too many waited.
    </p>
  );
}
