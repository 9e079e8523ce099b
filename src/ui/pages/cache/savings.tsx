import type { StatsRow } from "../../api/types.ts";
import { Stat } from "../../components/stat.tsx";
import { count, duration, exactMoney, money, percent, sumUsd } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import type { CacheStatistics } from "./types.ts";

export interface SavingsProps {
  view: CacheStatistics;
  rows: readonly (StatsRow & { cache: string })[];
  range: Range;
}

/** Hit rates of the range, and what all hits so far have saved. */
export function Savings({ view, rows, range }: SavingsProps) {
  const of = (cache: string) => rows.find((row) => row.cache === cache)?.requests ?? 0;
  const [exact, semantic, missed] = [of("exact"), of("semantic"), of("miss")];
  const asked = exact + semantic + missed;
  const requests = (cache: string) => link("/ui/requests", { cache, from: `-${range.name}` });
  const tokens = [view.exact, view.semantic].reduce(
    (sum, { saved_input_tokens, saved_output_tokens }) => sum + saved_input_tokens + saved_output_tokens,
    0,
  );
  return (
    <div class="stats">
      <Stat
        label="Exact hits"
        value={percent(exact, asked)}
        href={requests("exact")}
        hint={`${count(exact)} of ${count(asked)} in ${range.text}`}
      />
      <Stat
        label="Hits by meaning"
        value={percent(semantic, asked)}
        href={requests("semantic")}
        hint={`${count(semantic)} of ${count(asked)} in ${range.text}`}
      />
      <Stat label="Misses" value={count(missed)} href={requests("miss")} hint={`asked upstream in ${range.text}`} />
      <Stat
        label="Saved money"
        value={money(sumUsd([view.exact.saved_cost_usd, view.semantic.saved_cost_usd]))}
        title={`${exactMoney(view.exact.saved_cost_usd)} by exact hits, ${exactMoney(view.semantic.saved_cost_usd)} by meaning`}
        hint={`${count(tokens)} tokens, of all time`}
      />
      <Stat
        label="Saved time"
        value={duration(view.exact.saved_ms + view.semantic.saved_ms)}
        hint="clients did not wait, of all time"
      />
      <Stat
        label="Found wrong"
        value={percent(view.wrong, view.verified)}
        tone={view.wrong > 0 ? "warn" : "neutral"}
        hint={`${count(view.wrong)} of ${count(view.verified)} compared with a fresh answer`}
      />
    </div>
  );
}
