/**
 * Alert channels. Without `sendTest` nothing is sent: a chat's or webhook's host is asked for its headers at `/`, which
 * proves name, network and certificate and not the secret path; a mail server is signed in to and left again, which
 * proves the password too.
 */
import type { Deps } from "../../canonical/deps.ts";
import type { AlertConfig } from "../../config/config.ts";
import { isInside } from "../../config/path.ts";
import { type Channel, ChannelError } from "../../telemetry/alerts/channel.ts";
import { createChannels } from "../../telemetry/alerts/channels.ts";
import { checkMailServer } from "../../telemetry/alerts/email.ts";
import { testText } from "../../telemetry/alerts/message.ts";
import { PAGERDUTY_URL } from "../../telemetry/alerts/pagerduty.ts";
import type { Finding } from "./finding.ts";

const AREA = "alerts";
const TIMEOUT_MS = 8_000;

export interface AlertsLookOptions {
  deps: Deps;
  /** Sends one message, which says that it is a test, through every channel. */
  sendTest: boolean;
  /** `alerts.…` places whose secret could not be read. */
  unread: ReadonlySet<string>;
}

export async function lookAtAlerts(alerts: AlertConfig, options: AlertsLookOptions): Promise<Finding[]> {
  const { deps, sendTest, unread } = options;
  const channels = [...createChannels(alerts, deps).values()];
  return Promise.all(
    channels.map(async (channel): Promise<Finding> => {
      const { name: subject } = channel;
      if ([...unread].some((place) => isInside(place, ["alerts", subject]))) {
        return { area: AREA, subject, verdict: "skip", detail: "its secret could not be read" };
      }
      try {
        const detail = sendTest ? await sent(channel, deps) : await reached(subject, alerts, deps);
        return { area: AREA, subject, verdict: "ok", detail };
      } catch (error) {
        if (!(error instanceof ChannelError)) throw error;
        const remedy = `Check alerts.${subject}, the network, and whether the other side still knows this address or key.`;
        return { area: AREA, subject, verdict: "fail", detail: error.message, remedy };
      }
    }),
  );
}

async function sent(channel: Channel, { clock }: Deps): Promise<string> {
  const atMs = clock.now();
  await channel.send({ kind: "test", alerts: [testText(atMs)], atMs, link: null });
  return "took a test message";
}

async function reached(name: string, alerts: AlertConfig, { fetch }: Deps): Promise<string> {
  if (name === "email" && alerts.email) {
    await checkMailServer(alerts.email.smtp);
    return "the mail server took the sign-in; nothing was sent";
  }
  const origin = new URL(addressOf(name, alerts)).origin;
  try {
    const response = await fetch(`${origin}/`, {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return "its host answers; --send-test tells whether it takes messages";
  } catch (error) {
    const { code, name: kind } = error as { code?: unknown; name?: unknown };
    throw new ChannelError(`its host cannot be reached (${typeof code === "string" ? code : String(kind)})`);
  }
}

function addressOf(name: string, { slack, teams, webhook, pagerduty }: AlertConfig): string {
  switch (name) {
    case "slack":
      return slack!.webhook;
    case "teams":
      return teams!.webhook;
    case "webhook":
      return webhook!.url;
    default:
      return pagerduty?.baseUrl ?? PAGERDUTY_URL;
  }
}
