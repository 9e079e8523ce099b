/** The response object that a client was shown, from the pieces of its answer. */
import type { Call } from "../canonical/call.ts";
import type { JsonObject } from "../canonical/chat.ts";
import { collect, type ReplyEvent } from "../canonical/events.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import { isObject, parseObject } from "../dialects/json-object.ts";
import { openaiResponses } from "../dialects/openai-responses/openai-responses.ts";
import { sseFrames } from "../dialects/sse.ts";

/** `pieces`: the last one alone where it holds the whole response, else all of them. */
export function shownResponse(call: Call, reply: Reply, pieces: readonly Piece[], nowMs: number): JsonObject {
  const [only] = pieces;
  const own =
    pieces.length === 1 && reply.dialect === openaiResponses.name ? ownResponse(only!, reply.form) : undefined;
  if (own) return own;
  const read = reply.reader();
  const events: ReplyEvent[] = [];
  // Another upstream that went on with the answer did so under the first one's name.
  for (const piece of pieces)
    for (const event of read(piece)) if (event.type !== "start" || events.length === 0) events.push(event);
  const answer = collect(events);
  const shown = openaiResponses.formatReply(
    { ...answer, model: answer.model || (call.record.answeredBy?.model ?? "") },
    {
      includeUsage: true,
      requestId: call.record.repeats ?? call.id,
      createdSeconds: Math.floor(nowMs / 1_000),
      ...(call.body.facts.echo && { echo: call.body.facts.echo }),
    },
  );
  return reply.dialect === openaiResponses.name && answer.id !== "" ? { ...shown, id: answer.id } : shown;
}

function ownResponse({ bytes }: Piece, form: Reply["form"]): JsonObject | undefined {
  if (!bytes) return undefined;
  if (form === "whole") return parseObject(Buffer.from(bytes).toString());
  const { data } = sseFrames(bytes)[0] ?? {};
  const response = data === undefined ? undefined : parseObject(data)?.["response"];
  return isObject(response) ? response : undefined;
}
