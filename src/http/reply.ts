/**
 * A reply of the pipeline becomes a response. Four cases: what the client asked for (stream or not) against what came.
 * Bytes of the client's own dialect and form go out as they came; everything else goes through the canonical events.
 */
import type { RequestFacts } from "../canonical/call.ts";
import { type Failure, GatewayError } from "../canonical/errors.ts";
import { collect, type ReplyEvent } from "../canonical/events.ts";
import type { CallRecord } from "../canonical/record.ts";
import type { Piece, Reply } from "../canonical/reply.ts";
import type { Dialect } from "../dialects/dialect.ts";
import { brokenReply } from "./broken-reply.ts";
import type { Exchange, LiveCall } from "./exchange.ts";
import { jsonArrayEncoder } from "./json-array.ts";
import { encoderFor, eventsOf, writerOptions } from "./reply-encoder.ts";
import { addRecordHeaders, baseHeaders } from "./reply-headers.ts";
import { streamBody } from "./reply-stream.ts";

export interface ReplyContext {
  exchange: Exchange;
  dialect: Dialect;
  facts: RequestFacts;
  record: CallRecord;
  /** The call's entry in `connection.live`; leaves it when the reply has ended. */
  call: LiveCall;
  /** A stream goes out as one JSON list instead of events. */
  jsonArray: boolean;
}

/** Rejects while nothing has been sent; then the caller answers with an error. */
export function respond(reply: Reply, context: ReplyContext): Promise<Response> {
  return context.facts.stream ? respondStreaming(reply, context) : respondWhole(reply, context);
}

async function respondWhole(reply: Reply, context: ReplyContext): Promise<Response> {
  const { exchange, dialect, record } = context;
  const pieces: Piece[] = [];
  const { value: first } = await reply.pieces.next();
  if (first?.failure) throw await broken(reply, first.failure);
  if (first?.contentType !== undefined) return respondBytes(reply, first, first.contentType, context);
  if (first) pieces.push(first);
  for (let next = await reply.pieces.next(); !next.done; next = await reply.pieces.next()) {
    if (next.value.failure) throw await broken(reply, next.value.failure);
    pieces.push(next.value);
  }
  const asReceived =
    reply.form === "whole" && reply.dialect === dialect.name && pieces.length === 1 ? pieces[0]!.bytes : undefined;
  const body = asReceived ?? JSON.stringify(formatCollected(reply, pieces, context));
  const headers = baseHeaders(exchange.requestId, "application/json");
  addRecordHeaders(headers, record, exchange.ports.clock.monotonic(), true);
  return new Response(body as BodyInit, { headers });
}

function formatCollected(reply: Reply, pieces: readonly Piece[], context: ReplyContext): unknown {
  if (pieces.length === 0) throw new GatewayError("internal", "The gateway has no answer to this request.");
  const read = eventsOf(reply, context.record);
  const events: ReplyEvent[] = [];
  for (const piece of pieces) for (const event of read(piece)) events.push(event);
  return context.dialect.formatReply(
    collect(events),
    writerOptions(context, () => context.record.costNanoUsd),
  );
}

async function respondStreaming(reply: Reply, context: ReplyContext): Promise<Response> {
  const { exchange, dialect, record } = context;
  // The router hands out a reply once it has content, so this does not wait; what fails here can still be a status.
  const { value: first } = await reply.pieces.next();
  if (!first) throw new GatewayError("internal", "The gateway has no answer to this request.");
  if (first.failure) throw await broken(reply, first.failure);
  const frames = encoderFor(reply, context);
  const encoder = context.jsonArray ? jsonArrayEncoder(frames) : frames;
  const body = streamBody(reply.pieces, first, encoder, context);
  const headers = baseHeaders(exchange.requestId, context.jsonArray ? "application/json" : dialect.streamContentType);
  headers["cache-control"] = "no-cache";
  // nginx and its like would collect the stream before passing it on.
  headers["x-accel-buffering"] = "no";
  addRecordHeaders(headers, record, exchange.ports.clock.monotonic(), false);
  return new Response(body, { headers });
}

/** What passes as it comes ends broken where it breaks: a word of ours in it would be heard as a click. */
function respondBytes(reply: Reply, first: Piece, contentType: string, context: ReplyContext): Response {
  const { exchange, record } = context;
  const body = streamBody(
    reply.pieces,
    first,
    { write: ({ bytes }) => bytes, end: () => undefined, cuts: true },
    context,
  );
  const headers = baseHeaders(exchange.requestId, contentType);
  addRecordHeaders(headers, record, exchange.ports.clock.monotonic(), false);
  return new Response(body, { headers });
}

/** A failure inside the reply of a client that has received nothing yet is still an ordinary error. */
async function broken(reply: Reply, failure: Failure): Promise<GatewayError> {
  await reply.pieces.return?.();
  return brokenReply(failure);
}
