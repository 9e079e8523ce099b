/** How often a stored answer was wrong where a fresh one could be compared with it, and what may be served on that. */
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { Ago } from "../../components/time.tsx";
import { count, percent } from "../../format.ts";
import { link } from "../../location.tsx";
import { placeOf, rightOnesNeeded, TICKS } from "./bound.ts";
import { type CacheConfig, ruleOf } from "./settings.ts";
import type { Cell, Pool } from "./types.ts";

/** What a pair of questions has passed, from the strictest level on. */
const LEVELS: Record<string, string> = {
  "6": "every word accounted for",
  "5": "same names",
  "4": "same order and direction",
  "3": "no opposites or other comparisons",
  "2": "same numbers and negations",
};

const VERIFIED_LINE = 'cache: { semantic: { mode: "verified", maxWrongPercent: 1 } },';

export interface EvidenceProps {
  pools: readonly Pool[];
  isSemantic: boolean;
  config: CacheConfig;
}

export function Evidence({ pools, isSemantic, config }: EvidenceProps) {
  const shown = pools.filter(({ verified }) => verified > 0).sort((a, b) => b.verified - a.verified);
  return (
    <Card title="Evidence" aside="share of wrong answers, at most, with 95 % confidence" wide>
      {shown.length === 0 && isSemantic && (
        <Empty title="Nothing has been compared yet." command={VERIFIED_LINE}>
          When a stored answer could have served a question that means the same, the fresh answer shows whether it would
          have been right. In <code>shadow</code> and <code>verified</code> this happens by itself with traffic:
        </Empty>
      )}
      {shown.length === 0 && !isSemantic && (
        <Empty title="Only equal requests are served, and these need no evidence." command={VERIFIED_LINE} />
      )}
      <div class="pools">
        {shown.map((pool) => (
          <PoolEvidence
            key={`${pool.who} ${pool.model} ${pool.judged}`}
            pool={pool}
            rule={ruleOf(config, pool.model)}
          />
        ))}
      </div>
    </Card>
  );
}

type Rule = ReturnType<typeof ruleOf>;

function PoolEvidence({ pool, rule }: { pool: Pool; rule: Rule }) {
  const { who, model, judged, drifted_at: driftedAt } = pool;
  const cells = pool.cells.filter((cell) => cell.verified > 0);
  return (
    <div>
      <div class="row pool-head">
        <h3>
          <a href={link("/ui/requests", { model, key: who === "anonymous" ? null : who })}>{model}</a> for {who}
          {judged && ", with a judge's yes"}
        </h3>
        <Mode pool={pool} rule={rule} />
        {driftedAt !== null && (
          <Badge tone="warn" title="Too many of the last were wrong: the evidence began anew.">
            drifted
          </Badge>
        )}
      </div>
      <p class="small muted">
        {textOf(pool, rule)}
        {driftedAt !== null && (
          <>
            {" "}
            Began anew <Ago at={driftedAt} />.
          </>
        )}
      </p>
      <Bounds cells={cells} limit={rule.mode === "on" ? null : rule.maxWrongPercent} />
    </div>
  );
}

function Mode({ pool: { served }, rule: { mode } }: { pool: Pool; rule: Rule }) {
  if (mode === "on") return <Badge tone="ok">serving by its guards</Badge>;
  if (mode === "verified" && served.verified > 0) return <Badge tone="ok">serving</Badge>;
  return <Badge>learning</Badge>;
}

function textOf({ served, verified, wrong }: Pool, { mode, maxWrongPercent: limit }: Rule): string {
  const compared = `${count(verified)} compared, ${count(wrong)} wrong (${percent(wrong, verified)})`;
  if (mode === "on") return `${compared}. No limit is set: what passes every guard is served.`;
  if (mode === "verified" && served.verified > 0)
    return `Served on ${count(served.verified)} compared, ${count(served.wrong)} wrong: at most ${served.at_most_percent} %, allowed are ${limit} %.`;
  const needed = rightOnesNeeded(limit, verified, wrong);
  const more = needed === null ? "" : ` ${count(needed)} more right ones at one level would prove it.`;
  return `${compared}; allowed are at most ${limit} %.${more}`;
}

/** Of each level and band of likeness the bound, on a scale that gives small shares room, against what is allowed. */
function Bounds({ cells, limit }: { cells: readonly Cell[]; limit: number | null }) {
  return (
    <ol class="bounds plain small">
      {cells.map((cell) => {
        const [level = "", band = ""] = cell.cell.split("/");
        return (
          <li key={cell.cell}>
            <span class="bound-name" title={`Level ${level}: ${LEVELS[level] ?? ""}`}>
              {LEVELS[level] ?? `level ${level}`} <span class="muted nowrap">cosine ≥ {band}</span>
            </span>
            <span
              class="bound-track"
              role="img"
              aria-label={`At most ${cell.at_most_percent} % wrong${limit === null ? "" : `, allowed are ${limit} %; ${cell.served ? "served" : "not served"}`}`}
            >
              <span
                class={cell.served ? "bound-bar served" : "bound-bar"}
                style={{ width: `${placeOf(cell.at_most_percent)}%` }}
              />
              {limit !== null && <span class="bound-limit" style={{ left: `${placeOf(limit)}%` }} />}
            </span>
            <span class="bound-text">
              ≤ {cell.at_most_percent} % <span class="muted">{countsText(cell)}</span>
            </span>
          </li>
        );
      })}
      <li aria-hidden="true" class="bound-axis muted">
        <span />
        <span class="bound-ticks">
          {TICKS.map((tick) => (
            <span key={tick} style={{ left: `${placeOf(tick)}%` }}>
              {tick} %
            </span>
          ))}
        </span>
        <span />
      </li>
    </ol>
  );
}

function countsText({ verified, wrong, served }: Cell): string {
  return `${count(wrong)} of ${count(verified)} wrong${served ? ", served" : ""}`;
}
