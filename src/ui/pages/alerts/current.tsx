/** An alert that holds now: since when, how bad, what is behind it, and who knows. */
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Ago, DateTime } from "../../components/time.tsx";
import { PageLink } from "../../page-link.tsx";
import { behind, meaningOf, valueText } from "./metric.ts";
import { Notices } from "./notices.tsx";
import type { Alert, Rule } from "./types.ts";

export function Current({ alert, rule }: { alert: Alert; rule: Rule | undefined }) {
  const { metric, value, worst, details, fired_at: firedAt, pending_since: since, notices } = alert;
  const isWorse = worst !== null && (rule?.when.includes("<") ? worst < (value ?? worst) : worst > (value ?? worst));
  const seen = behind({ metric, model: rule?.model ?? null, eval: rule?.eval ?? null });
  return (
    <Card
      title={alert.rule}
      aside={alert.state === "firing" ? <Badge tone="bad">firing</Badge> : <Badge tone="warn">pending</Badge>}
    >
      <p>
        <strong class="bad">{valueText(metric, value)}</strong> ({meaningOf(metric)}
        {rule?.model && `, of ${rule.model}`}); the rule is <code>{alert.when}</code>.{" "}
        <PageLink path={seen.path} query={seen.query}>
          What is behind it
        </PageLink>
      </p>
      {details.length > 0 && <p class="small">{details.join(", ")}</p>}
      <p class="small muted">
        {firedAt !== null ? (
          <>
            Fired <Ago at={firedAt} /> (<DateTime at={firedAt} />)
            {isWorse && `, at its worst ${valueText(metric, worst)}`}
          </>
        ) : (
          since !== null && (
            <>
              Holds since <Ago at={since} />
            </>
          )
        )}
      </p>
      {rule?.is_quiet && <p class="small warn">Quiet hours ({rule.quiet} UTC): nobody is told before they end.</p>}
      <Notices notices={notices} isOver={false} />
    </Card>
  );
}
