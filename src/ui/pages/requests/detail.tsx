/** One request: what happened in plain words, its attempts as a waterfall, and everything the log has of it. */
import type { RequestDetail } from "../../api/types.ts";
import { useData } from "../../api/use-data.ts";
import { Badge, StatusBadge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { CopyButton, CopyLine } from "../../components/copy-button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { PageHead } from "../../components/page-head.tsx";
import { dateTime, duration, exactMoney, money } from "../../format.ts";
import { CacheDecision } from "./cache-decision.tsx";
import { Decisions } from "./decisions.tsx";
import { Facts } from "./facts.tsx";
import { storyOf } from "./story.ts";
import { Waterfall } from "./waterfall.tsx";

export function RequestPage({ id }: { id: string }) {
  const { data, error, reload } = useData<RequestDetail>(`/admin/requests/${encodeURIComponent(id)}`);
  return (
    <>
      <p class="small crumbs">
        <a href="/ui/requests">Requests</a>
      </p>
      <PageHead title={data ? `${data.model ?? data.operation}, ${dateTime(data.started_at)}` : "Request"} />
      {error && <ErrorPanel error={error} retry={reload} />}
      {data && (
        <div class="overview">
          <Head row={data} />
          <Card title="What happened">
            <ol class="story">
              {storyOf(data).map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ol>
          </Card>
          {data.attempts.length > 0 && <Waterfall row={data} />}
          <div class="grid">
            <Facts row={data} />
            <div class="column">
              <CacheDecision row={data} />
              {data.explanation && data.explanation.length > 0 && (
                <Decisions decisions={data.explanation} answered={data.status < 400} />
              )}
            </div>
          </div>
          <Content row={data} />
        </div>
      )}
    </>
  );
}

function Head({ row }: { row: RequestDetail }) {
  return (
    <div class="request-head">
      <span class="row">
        <StatusBadge status={row.status} />
        {row.failover && <Badge tone="warn">failed over</Badge>}
        {(row.cache === "exact" || row.cache === "semantic") && <Badge tone="ok">cache: {row.cache}</Badge>}
      </span>
      <span>
        <strong>{duration(row.total_ms)}</strong> <span class="muted">in all</span>
      </span>
      {row.stream && (
        <span>
          <strong>{duration(row.first_content_ms)}</strong> <span class="muted">to the first token</span>
        </span>
      )}
      <span title={exactMoney(row.cost_usd)}>
        <strong>{money(row.cost_usd)}</strong>
      </span>
      <span class="mono muted id">
        {row.id} <CopyButton text={row.id} label="Copy the request's id" />
      </span>
    </div>
  );
}

function Content({ row: { content } }: { row: RequestDetail }) {
  return (
    <Card title="Content" wide>
      {content ? (
        <div class="grid">
          <div>
            <h3>Request</h3>
            <Text text={content.request} />
          </div>
          <div>
            <h3>Answer</h3>
            <Text text={content.answer} />
          </div>
        </div>
      ) : (
        <div class="stack">
          <p class="muted">
            What was asked and answered is not stored. To store it, with keys, mails and cards taken out:
          </p>
          <CopyLine text='telemetry: { content: { store: "redacted" } }' />
        </div>
      )}
    </Card>
  );
}

function Text({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <pre class="content-text" tabIndex={0}>
      {text}
    </pre>
  );
}
