import { type Channel, type ChannelDeps, postJson } from "./channel.ts";
import { type AlertText, type Notice, titleOf } from "./message.ts";

export const PAGERDUTY_URL = "https://events.pagerduty.com";
/** Longest `summary` (Events API v2, 2026-11). */
const MAX_SUMMARY_CHARS = 1_024;

export interface PagerDutyOptions {
  routingKey: string;
  baseUrl: string | null;
}

/** Events API v2: one event an alert; trigger and resolve of an episode have one dedup_key. */
export function pagerDutyChannel({ routingKey, baseUrl }: PagerDutyOptions, deps: ChannelDeps): Channel {
  const url = `${baseUrl ?? PAGERDUTY_URL}/v2/enqueue`;
  const send = (event: Record<string, unknown>) =>
    postJson(deps, url, JSON.stringify({ routing_key: routingKey, ...event }), { secrets: [routingKey] });
  return {
    name: "pagerduty",
    single: true,
    async send(notice) {
      const alert = notice.alerts[0]!;
      await send(eventOf(alert, notice));
      // A test must not leave an incident behind.
      if (notice.kind === "test") await send({ event_action: "resolve", dedup_key: alert.id });
    },
  };
}

function eventOf(alert: AlertText, notice: Notice): Record<string, unknown> {
  if (notice.kind === "resolved") return { event_action: "resolve", dedup_key: alert.id };
  const summary = notice.kind === "test" ? alert.summary : `${titleOf(notice)}: ${alert.summary}`;
  return {
    event_action: "trigger",
    dedup_key: alert.id,
    client: "Evergate",
    ...(notice.link && { client_url: notice.link }),
    payload: {
      summary: summary.slice(0, MAX_SUMMARY_CHARS),
      source: notice.link ?? "evergate",
      severity: notice.kind === "test" ? "info" : "critical",
      timestamp: new Date(alert.firedAtMs).toISOString(),
      component: "evergate",
      group: alert.rule,
      class: alert.metric,
      custom_details: { when: alert.when, value: alert.value, details: alert.details },
    },
  };
}
