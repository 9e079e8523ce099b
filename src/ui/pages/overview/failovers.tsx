import type { ComponentChildren } from "preact";
import type { AttemptStatsRow, List, RequestRow, Stats } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Icon } from "../../components/icon.tsx";
import { count, dateTime, duration, timeOfDay } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range, Span } from "../../ranges.ts";
import { type Episode, episodesOf, episodesOfRequests, reasonText } from "./episodes.ts";

const SHOWN = 8;
const TEAM_ROWS = 200;
const DAY_MS = 86_400_000;

export interface FailoversProps {
  range: Range;
  span: Span | undefined;
}

/** What went where and why, as a timeline: one bar an episode, newest first. */
export function Failovers({ range, span }: FailoversProps) {
  const asked = useData<Stats<AttemptStatsRow>>(
    `/admin/stats/attempts?from=-${range.name}&${range.buckets}&group_by=target,outcome,to&failover=true`,
    range.refreshMs,
  );
  const { data } = asked;
  return (
    <Timeline
      range={range}
      error={asked.error && <ErrorPanel error={asked.error} retry={asked.reload} />}
      episodes={data && episodesOf(data.data, range.pointMs)}
      span={span}
    />
  );
}

/** The same of a team's own calls, which are all it sees. */
export function TeamFailovers({ range, span }: FailoversProps) {
  const { data, error, reload } = useData<List<RequestRow>>(
    `/admin/requests?failover=true&from=-${range.name}&limit=${TEAM_ROWS}`,
    range.refreshMs,
  );
  return (
    <Timeline
      range={range}
      error={error && <ErrorPanel error={error} retry={reload} />}
      episodes={data && episodesOfRequests(data.data, range.pointMs)}
      span={span}
    />
  );
}

interface TimelineProps {
  range: Range;
  error: ComponentChildren;
  episodes: readonly Episode[] | undefined;
  span: Span | undefined;
}

function Timeline({ range, error, episodes, span }: TimelineProps) {
  const calls = episodes?.reduce((sum, episode) => sum + episode.calls, 0) ?? 0;
  const all = link("/ui/requests", { failover: true, from: `-${range.name}` });
  return (
    <Card
      title="Failovers"
      wide
      aside={calls > 0 ? <a href={all}>what went where, and why</a> : "what went where, and why"}
    >
      {error}
      {episodes?.length === 0 && <Empty title={`Nothing failed over in the ${range.last}.`} />}
      {span && episodes && episodes.length > 0 && (
        <ol class="plain timeline">
          {episodes.slice(0, SHOWN).map((episode) => (
            <Bar key={`${episode.fromMs}${episode.target}${episode.to}`} episode={episode} span={span} />
          ))}
        </ol>
      )}
      {episodes && episodes.length > SHOWN && (
        <p class="small">
          <a href={all}>{episodes.length - SHOWN} earlier ones</a>
        </p>
      )}
    </Card>
  );
}

function Bar({ episode, span: { fromMs, toMs } }: { episode: Episode; span: Span }) {
  const { target, to, reasons, calls } = episode;
  const spanMs = Math.max(1, toMs - fromMs);
  const left = Math.max(0, (episode.fromMs - fromMs) / spanMs);
  const end = Math.min(1, (Math.min(episode.toMs, toMs) - fromMs) / spanMs);
  const time = spanMs > DAY_MS ? dateTime : timeOfDay;
  const from = new Date(episode.fromMs).toISOString();
  const href = link("/ui/requests", { failover: true, from, to: new Date(episode.toMs).toISOString() });
  return (
    <li>
      <div class="timeline-way">
        <span class="timeline-target">{target}</span>
        <Icon name="arrow" />
        <span class="visually-hidden"> to </span>
        <span class="timeline-target">{to}</span>
      </div>
      <div class="timeline-track" aria-hidden="true">
        <div class="timeline-bar" style={{ left: `${left * 100}%`, width: `${Math.max(0.6, (end - left) * 100)}%` }} />
      </div>
      <div class="timeline-text small">
        <a href={href}>
          {count(calls)} {calls === 1 ? "time" : "times"}
        </a>
        <span>{reasonsText(reasons)}</span>
        <span class="muted nowrap">
          {time(episode.fromMs).replace(/:\d\d$/, "")}, for{" "}
          {duration(Math.max(60_000, Math.min(episode.toMs, toMs) - episode.fromMs))}
        </span>
      </div>
    </li>
  );
}

/** One reason needs no number: it is that of all. */
function reasonsText(reasons: Episode["reasons"]): string {
  const [only, ...others] = reasons;
  if (only && others.length === 0) return reasonText(only[0]);
  return reasons.map(([reason, number]) => `${reasonText(reason)} ${count(number)}`).join(" · ");
}
