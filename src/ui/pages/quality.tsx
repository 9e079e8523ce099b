/** How good answers were, by who gave them: scores of evals and what users said, the preferred target beside a fallback. */
import { useData } from "../api/use-data.ts";
import { ErrorPanel } from "../components/error-panel.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RangePicker } from "../components/range-picker.tsx";
import { useQuery } from "../location.tsx";
import { FIRST_RANGE, rangeOf } from "../ranges.ts";
import { ByTarget } from "./quality/by-target.tsx";
import { comparisonsOf, worstOf } from "./quality/comparison.ts";
import { Comparisons } from "./quality/comparisons.tsx";
import { Counts } from "./quality/counts.tsx";
import { LatestFeedback } from "./quality/latest-feedback.tsx";
import { LatestScores } from "./quality/latest-scores.tsx";
import { NoScores } from "./quality/no-scores.tsx";
import { OverTime } from "./quality/over-time.tsx";
import { QualityStatus } from "./quality/quality-status.tsx";
import type { Scores } from "./quality/types.ts";

export function Quality() {
  const [{ range: name, model, eval: chosen }, setQuery] = useQuery({ range: FIRST_RANGE, model: "", eval: "" });
  const range = rangeOf(name);
  const filters = `from=-${range.name}${model === "" ? "" : `&model=${encodeURIComponent(model)}`}&limit=1000`;
  const sums = useData<Scores>(`/admin/evals?group_by=failover&${filters}`, range.refreshMs);
  const models = useData<Scores>(`/admin/evals?group_by=model&from=-${range.name}`, range.refreshMs);
  const configured = useData<{ evals?: { name: string }[] }>("/admin/config");
  const comparisons = sums.data ? comparisonsOf(sums.data.data) : [];
  const shown = comparisons.find((one) => one.name === chosen) ?? worstOf(comparisons);
  const names = [...new Set((models.data?.data ?? []).map((row) => row.model ?? ""))].filter((one) => one !== "");
  return (
    <>
      <PageHead title="Quality">
        {names.length > 1 && (
          <select
            class="narrow"
            aria-label="Model"
            value={model}
            onChange={(event) => setQuery({ model: event.currentTarget.value })}
          >
            <option value="">All models</option>
            {names.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        )}
        <RangePicker range={range} />
      </PageHead>
      {sums.error && <ErrorPanel error={sums.error} retry={sums.reload} />}
      {sums.data && comparisons.length === 0 && configured.data && (
        <NoScores configured={configured.data.evals ?? []} range={range} />
      )}
      {sums.data && comparisons.length > 0 && (
        <div class="overview">
          <QualityStatus comparisons={comparisons} range={range} />
          <Comparisons comparisons={comparisons} shown={shown?.name} />
          {shown && <OverTime name={shown.name} model={model} range={range} />}
          {shown && <ByTarget name={shown.name} filters={filters} range={range} />}
          <div class="grid">
            {shown && <LatestScores name={shown.name} model={model} refreshMs={range.refreshMs} />}
            <LatestFeedback model={model} refreshMs={range.refreshMs} />
          </div>
          <Counts since={sums.data.since_start} />
        </div>
      )}
    </>
  );
}
