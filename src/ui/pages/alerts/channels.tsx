import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { Empty } from "../../components/empty.tsx";
import { useAction } from "../../components/toast.tsx";
import { useApi, useHolder } from "../../session.tsx";
import type { AlertSettings, Rule } from "./types.ts";

const CHANNELS_LINE = 'alerts: { slack: { webhook: env("SLACK_WEBHOOK") } },';

/** Where messages go; a test message shows whether they arrive. */
export function Channels({ settings, rules }: { settings: AlertSettings; rules: readonly Rule[] }) {
  const api = useApi();
  const action = useAction();
  const isAdmin = useHolder().role === "admin";
  const channels = Object.keys(settings).filter((name) => name !== "rules");
  return (
    <Card title="Channels">
      {channels.length === 0 && (
        <Empty title="No channel is set: nobody can be told." command={CHANNELS_LINE}>
          Slack, Microsoft Teams, PagerDuty, e-mail or a signed webhook. Write into the configuration:
        </Empty>
      )}
      <ul class="plain channels">
        {channels.map((channel) => {
          const used = rules.filter(({ to }) => to.includes(channel)).length;
          return (
            <li key={channel} class="row">
              <span class="grow">
                {channel}{" "}
                {used === 0 ? (
                  <Badge tone="warn">no rule tells it</Badge>
                ) : (
                  <span class="muted small">
                    {used} {used === 1 ? "rule" : "rules"}
                  </span>
                )}
              </span>
              {isAdmin && (
                <button
                  type="button"
                  class="button small"
                  aria-label={`Send a test message to ${channel}`}
                  onClick={() =>
                    void action(
                      () => api.send("POST", "/admin/alerts/test", { channel }),
                      `${channel} took the test message.`,
                    )
                  }
                >
                  Send a test message
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
