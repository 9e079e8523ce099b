import { type Channel, type ChannelDeps, postJson } from "./channel.ts";
import type { Notice } from "./message.ts";

/** Secrets in the form of the specification are base64 behind this; any other text is taken as it is. */
const SECRET_PREFIX = "whsec_";

export interface WebhookOptions {
  url: string;
  /** Null: unsigned. */
  secret: string | null;
}

/**
 * Any receiver of one's own, signed as "Standard Webhooks" 1.0 says: `webhook-signature` is `v1,` and the base64 of the
 * HMAC-SHA256 over `id.timestamp.body`. The id is the same when a message is sent again, so that it can be told.
 */
export function webhookChannel({ url, secret }: WebhookOptions, deps: ChannelDeps): Channel {
  return {
    name: "webhook",
    single: false,
    async send(notice) {
      const body = JSON.stringify(webhookBody(notice));
      const id = `msg_${new Bun.CryptoHasher("sha256").update(identityOf(notice)).digest("hex").slice(0, 32)}`;
      const timestamp = String(Math.floor(deps.clock.now() / 1_000));
      const headers: Record<string, string> = { "webhook-id": id, "webhook-timestamp": timestamp };
      if (secret !== null) headers["webhook-signature"] = `v1,${signature(secret, `${id}.${timestamp}.${body}`)}`;
      await postJson(deps, url, body, { headers, secrets: secret === null ? [] : [secret] });
    },
  };
}

function webhookBody({ kind, alerts, atMs, link }: Notice): Record<string, unknown> {
  return {
    type: `alert.${kind}`,
    timestamp: new Date(atMs).toISOString(),
    data: {
      gateway: link,
      alerts: alerts.map(({ id, rule, metric, when, summary, value, details, firedAtMs, resolvedAtMs }) => ({
        id,
        rule,
        metric,
        when,
        state: kind,
        summary,
        value,
        details,
        fired_at: new Date(firedAtMs).toISOString(),
        resolved_at: resolvedAtMs === null ? null : new Date(resolvedAtMs).toISOString(),
      })),
    },
  };
}

function identityOf({ kind, alerts }: Notice): string {
  return JSON.stringify([kind, ...alerts.map(({ id }) => id)]);
}

function signature(secret: string, text: string): string {
  const key = secret.startsWith(SECRET_PREFIX) ? Buffer.from(secret.slice(SECRET_PREFIX.length), "base64") : secret;
  return new Bun.CryptoHasher("sha256", key).update(text).digest("base64");
}
