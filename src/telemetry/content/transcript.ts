/**
 * A request and its answer as plain text, for people and for full-text search: `user: …`, a paragraph a message. Media
 * are named, not stored. Long texts keep their beginning and, more of it, their end.
 */
import type { ReceivedBody } from "../../canonical/call.ts";
import type { Message, Part } from "../../canonical/chat.ts";
import { collect, type ReplyEvent } from "../../canonical/events.ts";

/** Characters of one text. */
export const TEXT_MAX_CHARS = 64 * 1024;
const HEAD_CHARS = 16 * 1024;

export function requestText(body: ReceivedBody): string {
  return bounded(messagesOf(body).map(messageText).join("\n\n"));
}

export function answerText(events: Iterable<ReplyEvent>): string {
  const { choices } = collect(events);
  return bounded(choices.map(({ message }) => contentText(message.content)).join("\n\n"));
}

/** A body that our own reading refuses, but that its upstream may have taken, is kept as what it is. */
function messagesOf(body: ReceivedBody): Message[] {
  try {
    return body.chat().messages;
  } catch {
    return [{ role: "user", content: JSON.stringify(body.json) }];
  }
}

function messageText({ role, content }: Message): string {
  return `${role}: ${contentText(content)}`;
}

function contentText(content: string | readonly Part[]): string {
  if (typeof content === "string") return content;
  return content.map(partText).join("\n");
}

function partText(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text;
    case "reasoning":
      return part.redacted ? "[encrypted reasoning]" : `[reasoning] ${part.text}`;
    case "tool-call":
      return `[calls ${part.name}] ${part.arguments}`;
    case "tool-result":
      return `[result] ${contentText(part.content)}`;
    case "opaque":
      return `[${part.kind}]`;
    default:
      return `[${part.type}]`;
  }
}

function bounded(text: string): string {
  if (text.length <= TEXT_MAX_CHARS) return text;
  const left = text.length - TEXT_MAX_CHARS;
  return `${text.slice(0, HEAD_CHARS)}\n[… ${left} characters left out …]\n${text.slice(HEAD_CHARS - TEXT_MAX_CHARS)}`;
}
