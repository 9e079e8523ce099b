/** One target in the flow of a model: how it is, how fast, how much of the traffic it takes, and its keys. */
import type { AttemptStatsRow, Target } from "../../api/types.ts";
import { Badge } from "../../components/badge.tsx";
import { Meter } from "../../components/meter.tsx";
import { count, duration, percent } from "../../format.ts";
import { link } from "../../location.tsx";
import type { Range } from "../../ranges.ts";
import { DrainButton } from "./drain-button.tsx";
import { KeyLines } from "./key-lines.tsx";
import { stateOfTarget } from "./target-state.ts";

export interface TargetNodeProps {
  target: string;
  /** The public model in whose flow it stands. */
  model: string;
  keys: readonly Target[];
  row: AttemptStatsRow | undefined;
  /** Attempts of the whole model. */
  all: number;
  /** The share that its weight asks for, 0 to 1. */
  weight: number | undefined;
  /** Public models that have it. */
  users: readonly string[];
  range: Range;
  changed(): void;
}

export function TargetNode({ target, model, keys, row, all, weight, users, range, changed }: TargetNodeProps) {
  const state = stateOfTarget(keys);
  const provider = target.slice(0, target.indexOf("/"));
  const calls = row ? row.ok + row.failed + row.refused + row.cancelled : 0;
  const requests = link("/ui/requests", { model, target, from: `-${range.name}` });
  return (
    <div class={`node ${state.tone}`}>
      <div class="node-head">
        <span class="node-name">
          {target.slice(provider.length + 1)}
          <span class="muted small">{provider}</span>
        </span>
        <Badge tone={state.tone}>{state.word}</Badge>
      </div>
      <dl class="node-facts small">
        <div>
          <dt>First token</dt>
          <dd title={`Median and 95th percentile of streams in the ${range.last}`}>
            {duration(row?.first_token_p50_ms)} <span class="muted">p95</span> {duration(row?.first_token_p95_ms)}
          </dd>
        </div>
        <div>
          <dt>Peak average</dt>
          <dd title="What latency routing goes by: jumps up at once, forgotten within seconds; a failure counts as a slow answer">
            {duration(keys[0]?.latency_ms)}
          </dd>
        </div>
        <div>
          <dt>Failed</dt>
          <dd>
            {row && row.failed > 0 ? (
              <a class="bad" href={link("/ui/requests", { model, failover: true, from: `-${range.name}` })}>
                {count(row.failed)}
              </a>
            ) : (
              "0"
            )}
          </dd>
        </div>
      </dl>
      <p class="node-share small">
        <a href={requests}>{calls === 0 ? "no traffic" : `${percent(calls, all)} of the traffic`}</a>
        {weight !== undefined && <span class="muted">by weight {Math.round(weight * 100)} %</span>}
      </p>
      <Meter
        share={all === 0 ? 0 : calls / all}
        tone="ok"
        label={`${percent(calls, all)} of the traffic of ${model}`}
      />
      <KeyLines keys={keys} />
      <DrainButton target={target} isDrained={state.word === "drained"} users={users} changed={changed} />
    </div>
  );
}
