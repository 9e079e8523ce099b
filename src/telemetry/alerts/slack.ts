import { type Channel, type ChannelDeps, postJson } from "./channel.ts";
import { type Notice, plainText, titleOf } from "./message.ts";

/** Limits of Block Kit: a header's text, a section's text, the blocks of a message (api.slack.com/reference/block-kit, 2026-11). */
const MAX_HEADER_CHARS = 150;
const MAX_SECTION_CHARS = 3_000;
const MAX_BLOCKS = 50;

/** An incoming webhook: `text` for notifications, blocks for what is shown. */
export function slackChannel({ webhook }: { webhook: string }, deps: ChannelDeps): Channel {
  return {
    name: "slack",
    single: false,
    send: (notice) => postJson(deps, webhook, JSON.stringify(slackMessage(notice))),
  };
}

function slackMessage(notice: Notice): Record<string, unknown> {
  const title = titleOf(notice);
  const sections = notice.alerts.slice(0, MAX_BLOCKS - 2).map(({ rule, summary, details }) => {
    const lines = [`*${escaped(rule)}*: ${escaped(summary)}`, ...details.map((detail) => `• ${escaped(detail)}`)];
    return { type: "section", text: { type: "mrkdwn", text: cut(lines.join("\n"), MAX_SECTION_CHARS) } };
  });
  const link = notice.link && { type: "context", elements: [{ type: "mrkdwn", text: `<${notice.link}>` }] };
  return {
    text: `${escaped(title)}\n${escaped(plainText(notice))}`,
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(title, MAX_HEADER_CHARS) } },
      ...sections,
      ...(link ? [link] : []),
    ],
  };
}

/** The three characters that mean something to Slack. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}
