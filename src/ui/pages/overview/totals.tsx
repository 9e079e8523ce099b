import type { StatsRow } from "../../api/types.ts";
import { Stat } from "../../components/stat.tsx";
import { count, duration, exactMoney, money, percent } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";

/** The sums of the range, each a way to the requests behind it. */
export function Totals({ row, range }: { row: StatsRow; range: Range }) {
  const requests = (filters: Record<string, string | boolean> = {}) =>
    link("/ui/requests", { ...filters, from: `-${range.name}` });
  const failed = row.server_errors;
  return (
    <div class="stats">
      <Stat
        label="Answered"
        value={percent(row.requests - failed, row.requests)}
        hint={failed === 0 ? "no failure" : `${count(failed)} failed`}
        tone={failed === 0 ? "ok" : "bad"}
        href={requests(failed > 0 ? { status: "5xx" } : {})}
      />
      <Stat
        label="Requests"
        value={count(row.requests)}
        hint={`${count(row.errors - failed)} refused`}
        href={requests()}
        title={`${row.requests} requests`}
      />
      <Stat
        label="Failed over"
        value={count(row.failovers)}
        hint={percent(row.failovers, row.requests)}
        href={requests({ failover: true })}
      />
      <Stat
        label="First token"
        value={duration(row.first_token_p50_ms)}
        hint={`p95 ${duration(row.first_token_p95_ms)}`}
        href={requests()}
      />
      <Stat
        label="From the cache"
        value={percent(row.cache_hits, row.requests)}
        hint={`${count(row.cache_hits)} answers`}
        href={requests({ cache: "hit" })}
      />
      <Stat
        label="Spent"
        value={money(row.cost_usd)}
        hint={`${count(row.input_tokens + row.output_tokens)} tokens`}
        href={requests()}
        title={exactMoney(row.cost_usd)}
      />
    </div>
  );
}
