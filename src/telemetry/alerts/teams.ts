import { type Channel, type ChannelDeps, postJson } from "./channel.ts";
import { type AlertText, type Notice, titleOf } from "./message.ts";

/** A message may have 28 KB; what does not fit is a number. */
const MAX_ALERT_BYTES = 24_000;
const MAX_CHARS = 1_000;
const COLORS = { firing: "Attention", resolved: "Good", test: "Accent" } as const;

/**
 * A webhook of the Workflows app ("when a Teams webhook request is received"): an Adaptive Card in a message. The older
 * connectors with their MessageCard have been switched off by Microsoft (2026); those still alive take this form too.
 */
export function teamsChannel({ webhook }: { webhook: string }, deps: ChannelDeps): Channel {
  return {
    name: "teams",
    single: false,
    send: (notice) => postJson(deps, webhook, JSON.stringify(teamsMessage(notice))),
  };
}

function teamsMessage(notice: Notice): Record<string, unknown> {
  const { shown, left } = fitting(notice.alerts.map(elementsOf));
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            {
              type: "TextBlock",
              size: "Large",
              weight: "Bolder",
              color: COLORS[notice.kind],
              text: plain(titleOf(notice)),
              wrap: true,
            },
            ...shown,
            ...(left > 0 ? [{ type: "TextBlock", text: `and ${left} more`, wrap: true }] : []),
          ],
          ...(notice.link && { actions: [{ type: "Action.OpenUrl", title: "Open Evergate", url: notice.link }] }),
        },
      },
    ],
  };
}

function elementsOf({ rule, summary, when, details }: AlertText): object[] {
  return [
    { type: "TextBlock", text: plain(`${rule}: ${summary}`), wrap: true },
    {
      type: "FactSet",
      facts: [
        { title: "Rule", value: plain(when) },
        ...(details.length > 0 ? [{ title: "Affected", value: plain(details.join(", ")) }] : []),
      ],
    },
  ];
}

function fitting(alerts: readonly object[][]): { shown: object[]; left: number } {
  let bytes = 0;
  const count = alerts.findIndex((elements) => {
    bytes += Buffer.byteLength(JSON.stringify(elements));
    return bytes > MAX_ALERT_BYTES;
  });
  const shown = count < 0 ? alerts : alerts.slice(0, count);
  return { shown: shown.flat(), left: alerts.length - shown.length };
}

/** Text blocks take a subset of Markdown: names with underscores or asterisks must not turn into emphasis or links. */
function plain(text: string): string {
  return text.slice(0, MAX_CHARS).replace(/[\\*_[\]()~`#]/g, "\\$&");
}
