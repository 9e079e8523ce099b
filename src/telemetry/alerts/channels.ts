import type { Channel, ChannelDeps } from "./channel.ts";
import { type EmailOptions, emailChannel } from "./email.ts";
import { type PagerDutyOptions, pagerDutyChannel } from "./pagerduty.ts";
import { slackChannel } from "./slack.ts";
import { teamsChannel } from "./teams.ts";
import { type WebhookOptions, webhookChannel } from "./webhook.ts";

/** Null: not configured. */
export interface ChannelOptions {
  slack: { webhook: string } | null;
  teams: { webhook: string } | null;
  pagerduty: PagerDutyOptions | null;
  webhook: WebhookOptions | null;
  email: EmailOptions | null;
}

/** The configured ones, by name. */
export function createChannels(options: ChannelOptions, deps: ChannelDeps): ReadonlyMap<string, Channel> {
  const { slack, teams, pagerduty, webhook, email } = options;
  const channels = [
    slack && slackChannel(slack, deps),
    teams && teamsChannel(teams, deps),
    pagerduty && pagerDutyChannel(pagerduty, deps),
    webhook && webhookChannel(webhook, deps),
    email && emailChannel(email),
  ].filter((channel) => channel !== null);
  return new Map(channels.map((channel) => [channel.name, channel]));
}
