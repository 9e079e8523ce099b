import { type Channel, type ChannelDeps, postJson } from "./channel.ts";
import { type Notice, titleOf } from "./message.ts";

/** A card's size is bounded at 28 KB. */
const MAX_ALERTS = 20;
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
  const alerts = notice.alerts.slice(0, MAX_ALERTS).flatMap(({ rule, summary, when, details }) => [
    { type: "TextBlock", text: plain(`${rule}: ${summary}`), wrap: true },
    {
      type: "FactSet",
      facts: [
        { title: "Rule", value: plain(when) },
        ...(details.length > 0 ? [{ title: "Affected", value: plain(details.join(", ")) }] : []),
      ],
    },
  ]);
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
            ...alerts,
          ],
          ...(notice.link && { actions: [{ type: "Action.OpenUrl", title: "Open Evergate", url: notice.link }] }),
        },
      },
    ],
  };
}

/** Text blocks take a subset of Markdown: names with underscores or asterisks must not turn into emphasis or links. */
function plain(text: string): string {
  return text.slice(0, MAX_CHARS).replace(/[\\*_[\]()~`#]/g, "\\$&");
}
