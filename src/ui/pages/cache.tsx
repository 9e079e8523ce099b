/** What the cache saves, how sure it may be of that, why a call hit or missed, and taking entries out. */
import type { List, RequestRow, Stats, StatsRow } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { Empty } from "../components/empty.tsx";
import { ErrorPanel } from "../components/error-panel.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RangePicker, useRange } from "../components/range-picker.tsx";
import { useHolder } from "../session.tsx";
import { Evidence } from "./cache/evidence.tsx";
import { Explain } from "./cache/explain.tsx";
import { HitRates } from "./cache/hit-rates.tsx";
import { Modes } from "./cache/modes.tsx";
import { Purge } from "./cache/purge.tsx";
import { ReportedWrong } from "./cache/reported-wrong.tsx";
import { Savings } from "./cache/savings.tsx";
import type { CacheConfig } from "./cache/settings.ts";
import type { CacheView } from "./cache/types.ts";

const CACHE_LINE = 'cache: { exact: { ttlMs: 3_600_000 }, semantic: { mode: "shadow" } },';

export function Cache() {
  const range = useRange();
  const isAdmin = useHolder().role === "admin";
  const since = `from=-${range.name}&group_by=cache`;
  const cache = useData<CacheView>("/admin/cache", range.refreshMs);
  const totals = useData<Stats<StatsRow & { cache: string }>>(`/admin/stats?${since}`, range.refreshMs);
  const points = useData<Stats<StatsRow & { cache: string }>>(
    `/admin/stats?${since}&${range.buckets}`,
    range.refreshMs,
  );
  const { data: config } = useData<CacheConfig>("/admin/config");
  const hits = useData<List<RequestRow>>("/admin/requests?cache=semantic&limit=5", range.refreshMs);
  const view = cache.data;
  const error = cache.error ?? totals.error;
  const rows = totals.data?.data ?? [];
  return (
    <>
      <PageHead title="Cache">
        <RangePicker range={range} label="Range of the hit rates" />
      </PageHead>
      {error && <ErrorPanel error={error} retry={cache.reload} />}
      {view && !view.enabled && (
        <Empty title="There is no cache: every call goes upstream." command={CACHE_LINE}>
          Equal requests can get the stored answer at once and for nothing. In <code>shadow</code> the cache also
          learns, without serving any, which answers fit questions that mean the same. Write into the configuration:
        </Empty>
      )}
      {view?.enabled && (
        <div class="overview">
          <Savings view={view} rows={rows} range={range} />
          <div class="grid">
            <HitRates points={points.data} range={range} />
            {config && <Modes view={view} config={config} />}
            {config && <Evidence pools={view.evidence} isSemantic={view.embedding !== "off"} config={config} />}
            <Explain hits={hits.data?.data ?? []} changed={cache.reload} />
            {isAdmin && <Purge changed={cache.reload} />}
            <ReportedWrong isWide={isAdmin} refreshMs={range.refreshMs} />
          </div>
        </div>
      )}
    </>
  );
}
