import type { Attempt, RequestDetail } from "../../api/types.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { duration, exactMoney, money } from "../../format.ts";
import { reasonText } from "../overview/episodes.ts";

/** Marks under the bars. */
const MARKS = [0, 0.25, 0.5, 0.75, 1];

/** The attempts on one line of time: waiting for the first token, then the tokens. */
export function Waterfall({ row }: { row: RequestDetail }) {
  const endMs = Math.max(row.total_ms, ...row.attempts.map(({ start_ms, total_ms }) => start_ms + (total_ms ?? 0)), 1);
  return (
    <Card
      title="Attempts"
      aside={
        <span class="legend">
          <span class="legend-wait">waiting</span>
          <span class="legend-tokens">answering</span>
          <span class="legend-failed">failed</span>
        </span>
      }
      wide
    >
      <ol class="plain waterfall">
        {row.attempts.map((attempt) => (
          <Bar key={`${attempt.start_ms} ${attempt.target} ${attempt.key}`} attempt={attempt} endMs={endMs} />
        ))}
      </ol>
      <div class="waterfall-marks muted small" aria-hidden="true">
        {MARKS.map((mark) => (
          <span key={mark}>{duration(mark * endMs)}</span>
        ))}
      </div>
    </Card>
  );
}

const TONES: Record<Attempt["outcome"], Tone> = { ok: "ok", failed: "bad", cancelled: "neutral", pending: "neutral" };

function Bar({ attempt, endMs }: { attempt: Attempt; endMs: number }) {
  const { start_ms: start, first_content_ms: first, total_ms: total, outcome } = attempt;
  const wholeMs = total ?? Math.max(0, endMs - start);
  const waitMs = Math.min(first ?? wholeMs, wholeMs);
  const share = (ms: number) => `${(ms / endMs) * 100}%`;
  return (
    <li>
      <div class="waterfall-name">
        <strong>{attempt.target}</strong>
        <span class="muted small">
          {" "}
          {attempt.kind === "first" ? "first" : attempt.kind}
          {attempt.key !== "none" && ` · ${attempt.key}`}
        </span>
      </div>
      <div class="waterfall-track" aria-hidden="true">
        <div class={`waterfall-bar ${outcome}`} style={{ left: share(start), width: `max(3px, ${share(wholeMs)})` }}>
          <div class="waterfall-wait" style={{ width: wholeMs > 0 ? `${(waitMs / wholeMs) * 100}%` : "0" }} />
        </div>
      </div>
      <div class="waterfall-text small">
        <Badge tone={TONES[outcome]}>{outcome === "failed" ? reasonText(attempt.reason ?? "server") : outcome}</Badge>
        <span>
          from {duration(start)}, {duration(total)}
          {first !== null && `, first token ${duration(first)}`}
        </span>
        {attempt.cost_usd !== null && <span title={exactMoney(attempt.cost_usd)}>{money(attempt.cost_usd)}</span>}
        {attempt.error !== null && <span class="muted">{attempt.error}</span>}
      </div>
    </li>
  );
}
