/** What is wrong now by the operator's own rules, who has been told, and what was. */
import type { List } from "../api/types.ts";
import { useData } from "../api/use-data.ts";
import { Empty } from "../components/empty.tsx";
import { ErrorPanel } from "../components/error-panel.tsx";
import { PageHead } from "../components/page-head.tsx";
import { AlertsStatus } from "./alerts/alerts-status.tsx";
import { Channels } from "./alerts/channels.tsx";
import { Current } from "./alerts/current.tsx";
import { History } from "./alerts/history.tsx";
import { Rules } from "./alerts/rules.tsx";
import type { Alert, AlertSettings, Rule } from "./alerts/types.ts";

const REFRESH_MS = 3_000;

const ALERTS_LINE =
  'alerts: { slack: { webhook: env("SLACK_WEBHOOK") }, rules: [{ name: "failovers", when: "failover_rate > 5% for 5m", to: ["slack"] }, { name: "down", when: "target_down > 0 for 2m", to: ["slack"] }] },';

export function Alerts() {
  const rules = useData<List<Rule>>("/admin/alerts/rules", REFRESH_MS);
  const firing = useData<List<Alert>>("/admin/alerts?state=firing&limit=100", REFRESH_MS);
  const pending = useData<List<Alert>>("/admin/alerts?state=pending", REFRESH_MS);
  const config = useData<{ alerts?: AlertSettings }>("/admin/config");
  const error = rules.error ?? firing.error;
  const current = [...(firing.data?.data ?? []), ...(pending.data?.data ?? [])];
  const settings = config.data?.alerts ?? {};
  return (
    <>
      <PageHead title="Alerts" />
      {error && <ErrorPanel error={error} retry={rules.reload} />}
      {rules.data && firing.data && (
        <div class="overview">
          {rules.data.data.length === 0 ? (
            <Empty
              title="No rule watches this gateway: failover hides outages, and nobody is told."
              command={ALERTS_LINE}
            >
              A rule has a condition and the channels that are told when it begins and when it is over. Write into the
              configuration:
            </Empty>
          ) : (
            <AlertsStatus rules={rules.data.data} />
          )}
          {current.map((alert) => (
            <Current
              key={alert.id ?? alert.rule}
              alert={alert}
              rule={rules.data!.data.find(({ rule }) => rule === alert.rule)}
            />
          ))}
          {rules.data.data.length > 0 && <Rules rules={rules.data.data} />}
          {config.data && <Channels settings={settings} rules={rules.data.data} />}
          <History firing={firing.data.data.length} />
        </div>
      )}
    </>
  );
}
