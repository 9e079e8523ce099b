/** The first page: is everything up, what failed over and why, who is fast, what it costs, did answers get worse. */

import type { AttemptStatsRow, List, Stats, Target } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { ErrorPanel } from "../components/error-panel.tsx";
import { FirstCall } from "../components/first-call.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RangePicker, useRange } from "../components/range-picker.tsx";
import { spanOf } from "../ranges.ts";
import { READERS } from "../roles.ts";
import { useHolder } from "../session.tsx";
import { Availability } from "./overview/availability.tsx";
import { Budgets } from "./overview/budgets.tsx";
import { Errors } from "./overview/errors.tsx";
import { Failovers, TeamFailovers } from "./overview/failovers.tsx";
import { Latency } from "./overview/latency.tsx";
import { Quality } from "./overview/quality.tsx";
import { StatusLine } from "./overview/status-line.tsx";
import { Totals } from "./overview/totals.tsx";

export function Overview() {
  const range = useRange();
  const reads = READERS.includes(useHolder().role);
  const since = `from=-${range.name}`;
  const all = useData<Stats>(`/admin/stats?${since}`, range.refreshMs);
  const clients = useData<Stats>(`/admin/stats?${since}&${range.buckets}`, range.refreshMs);
  const providers = useData<Stats<AttemptStatsRow>>(
    reads ? `/admin/stats/attempts?${since}&${range.buckets}&group_by=provider` : null,
    range.refreshMs,
  );
  const byProvider = useData<Stats<AttemptStatsRow>>(
    reads ? `/admin/stats/attempts?${since}&group_by=provider` : null,
    range.refreshMs,
  );
  const targets = useData<List<Target>>(reads ? "/admin/targets" : null, range.refreshMs);
  const row = all.data?.data[0];
  const span = clients.data && spanOf(clients.data, range);
  return (
    <>
      <PageHead title="Overview">
        <RangePicker range={range} />
      </PageHead>
      {all.error && <ErrorPanel error={all.error} retry={all.reload} />}
      {all.data && (
        <div class="overview">
          <StatusLine targets={targets.data?.data} range={range} row={row} />
          {row ? (
            <Totals row={row} range={range} />
          ) : (
            <FirstCall title="No call in this time. Make one, or look further back." />
          )}
          <div class="grid">
            {(row || !!targets.data?.data.length) && (
              <Availability
                range={range}
                span={span}
                clients={clients.data}
                providers={providers.data}
                byProvider={byProvider.data}
                targets={targets.data?.data}
              />
            )}
            {reads ? <Failovers range={range} span={span} /> : <TeamFailovers range={range} span={span} />}
            {reads && (
              <div class="column">
                <Latency range={range} span={span} providers={providers.data} byProvider={byProvider.data} />
                <Quality range={range} />
              </div>
            )}
            <div class={reads ? "column" : "column wide"}>
              {reads && <Budgets range={range} />}
              <Errors range={range} />
            </div>
          </div>
        </div>
      )}
    </>
  );
}
