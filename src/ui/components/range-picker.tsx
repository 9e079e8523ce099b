import { useQuery } from "../location.tsx";
import { FIRST_RANGE, RANGES, type Range, rangeOf } from "../ranges.ts";
import { Segmented } from "./segmented.tsx";

/** The range in the address. */
export function useRange(): Range {
  const [{ range }] = useQuery({ range: FIRST_RANGE });
  return rangeOf(range);
}

/** Chooses how far back a page looks, in the address. */
export function RangePicker({ range, label = "Range" }: { range: Range; label?: string }) {
  return (
    <Segmented
      name="range"
      label={label}
      initial={FIRST_RANGE}
      value={range.name}
      options={RANGES.map(({ name, text }) => [name, text])}
    />
  );
}
