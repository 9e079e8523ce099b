import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { count } from "../../format.ts";
import { useLocation, writeQuery } from "../../location.tsx";
import { type Comparison, scoreText, verdictOf } from "./comparison.ts";
import { ScoreBar } from "./score-bar.tsx";
import type { ScoreRow } from "./types.ts";

const TONES = { worse: "bad", better: "ok", alike: "neutral", "nothing to compare": "neutral" } as const;
const WORDS = { worse: "worse", better: "better", alike: "no difference", "nothing to compare": "nothing to compare" };

/** Every measure: the preferred target's answers beside a fallback's. */
export function Comparisons({ comparisons, shown }: { comparisons: readonly Comparison[]; shown: string | undefined }) {
  const { path, query } = useLocation();
  return (
    <Card title="The preferred target beside a fallback" aside="mean and 95 % confidence interval">
      <ul class="plain comparisons">
        {comparisons.map((comparison) => {
          const { name, preferred, fallback } = comparison;
          const verdict = verdictOf(comparison);
          return (
            <li key={name}>
              <div class="row">
                <a
                  class="comparison-name"
                  href={path + writeQuery(query, { eval: "" }, { eval: name })}
                  aria-current={name === shown ? "true" : undefined}
                >
                  {name}
                </a>
                <Badge tone={TONES[verdict]}>{WORDS[verdict]}</Badge>
              </div>
              <Line text="preferred" row={preferred} isFallback={false} />
              <Line text="fallback" row={fallback} isFallback />
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function Line({ text, row, isFallback }: { text: string; row: ScoreRow | undefined; isFallback: boolean }) {
  const { path, query } = useLocation();
  const scores = (name: string) =>
    `${path}${writeQuery(query, { eval: "", failover: "" }, { eval: name, failover: String(isFallback) })}`;
  return (
    <div class="comparison-line small">
      <span class="muted">{text}</span>
      {row ? <ScoreBar row={row} isFallback={isFallback} /> : <span class="score-track" />}
      {row ? (
        <span>
          <strong>{scoreText(row.eval, row.mean)}</strong>{" "}
          <a href={scores(row.eval)} title="The latest of these answers">
            of {count(row.count)}
          </a>
        </span>
      ) : (
        <span class="muted">not judged</span>
      )}
    </div>
  );
}
