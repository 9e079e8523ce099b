import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Meter } from "../../components/meter.tsx";
import { PageLink } from "../../page-link.tsx";
import { behind, meaningOf, shareOfThreshold, valueText } from "./metric.ts";
import type { Rule } from "./types.ts";

const TONES = { ok: "ok", pending: "warn", firing: "bad" } as const;

/** Every rule: what it measures now against its threshold. */
export function Rules({ rules }: { rules: readonly Rule[] }) {
  return (
    <Card title="Rules" aside="from the configuration">
      <DataTable
        caption="Alert rules with what they measure now"
        rows={rules}
        rowKey={({ rule }) => rule}
        columns={[
          {
            title: "Rule",
            main: true,
            cell: ({ rule, model, eval: name }) => (
              <>
                {rule}
                {(model ?? name) !== null && (
                  <div class="muted small">only {[model, name].filter((one) => one !== null).join(", ")}</div>
                )}
              </>
            ),
          },
          { title: "State", cell: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge> },
          { title: "When", cell: ({ when }) => <code class="nowrap-wide">{when}</code> },
          { title: "Now", cell: (rule) => <Now rule={rule} /> },
          {
            title: "Tells",
            cell: ({ to, quiet, is_quiet: isQuiet }) => (
              <>
                {to.join(", ")}
                {quiet !== null && (
                  <div class={isQuiet ? "warn small" : "muted small"}>
                    quiet {quiet} UTC{isQuiet && ", now"}
                  </div>
                )}
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Now({ rule }: { rule: Rule }) {
  const { metric, value, state } = rule;
  const share = shareOfThreshold(rule);
  const seen = behind(rule);
  const text = valueText(metric, value);
  return (
    <div class="rule-now">
      <PageLink path={seen.path} query={seen.query}>
        <span title={meaningOf(metric)}>{text}</span>
      </PageLink>
      {share !== null && (
        <Meter share={share} tone={state === "ok" ? "ok" : TONES[state]} label={`${text}: ${meaningOf(metric)}`} />
      )}
    </div>
  );
}
